import * as z from 'zod'
import { type Resolve, resolver, Schema } from '../support/arbitrary.ts'

const Parameter = z.object({
  name: z.string(),
  in: z.enum(['path', 'query', 'header']),
  required: z.boolean().default(false),
  schema: Schema,
})
const Described = z.object({
  operationId: z.string(),
  description: z.string().optional(),
  security: z.array(z.unknown()),
  parameters: z.array(Parameter).default([]),
  requestBody: z.object({ content: z.record(z.string(), z.object({ schema: Schema, example: z.unknown() })) }).optional(),
})
const Document = z.object({ paths: z.record(z.string(), z.record(z.string(), Described)) })

/** One operation as the description that is served has it: all that a stranger knows of the API. */
export interface Described extends z.infer<typeof Described> {
  method: string
  path: string
  /** Whose key it asks for. */
  who: 'anybody' | 'platform' | 'tenant'
}
export interface Description {
  document: object
  operations: Described[]
  resolve: Resolve
}

function whoOf({ security, description = '' }: z.infer<typeof Described>): Described['who'] {
  if (security.length === 0) return 'anybody'
  return description.includes('`platform`') ? 'platform' : 'tenant'
}

/** Reads the description. */
export function readDescription(text: string): Description {
  const document = z.looseObject({}).parse(JSON.parse(text))
  const operations = Object.entries(Document.parse(document).paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, each]) => ({ ...each, method: method.toUpperCase(), path, who: whoOf(each) })),
  )
  return { document, operations, resolve: resolver(document) }
}
