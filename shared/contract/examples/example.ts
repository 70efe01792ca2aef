import type * as z from 'zod'
import type { Route } from '../route.ts'

/** A request as its row takes it. Ids stand for those that earlier answers gave. */
export interface Example {
  params?: Readonly<Record<string, string>>
  query?: Readonly<Record<string, string | undefined>>
  headers?: Readonly<Record<string, string>>
  body?: object
}

/** Unknown is what a row says of what it does not take. */
type Taken<Name extends keyof Example, S extends z.ZodType> = unknown extends z.input<S> ? unknown : Readonly<Record<Name, z.input<S>>>
type ExampleOf<R> =
  R extends Route<infer P, infer Q, infer B>
    ? Taken<'params', P> & Partial<Taken<'query', Q>> & Taken<'body', B> & Pick<Example, 'headers'>
    : never

/** One for each row of a noun: the compiler asks for every one, in the row's own types. */
export type ExamplesOf<Rows extends Record<string, Route>> = { readonly [Name in keyof Rows]: ExampleOf<Rows[Name]> }

/** The ids of all examples: what one answers, the next one asks for. */
export const SOME = {
  tenant_id: 'ten_01kaq3v8e0w2m4n6p8r0t2v4x6',
  key_id: 'key_01kaq3v9f1x3n5q7s9v1x3z5b7',
  cluster_id: 'clu_01kaq3wbg2y4p6r8t0w2y4a6c8',
  operation_id: 'op_01kaq3wbg3z5q7s9v1x3z5b7d9',
  webhook_id: 'whk_01kaq3wch4a6r8t0w2y4a6c8e0',
  delivery_id: 'dlv_01kaq3wdj5b7s9v1x3z5b7d9f1',
} as const
