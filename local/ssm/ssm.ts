import { join } from 'node:path'
import * as z from 'zod'
import { type JsonOperation, jsonService, operation } from '../aws/json-protocol.ts'
import { AwsError, type AwsService } from '../aws/service.ts'
import { type DurableMap, durableMap } from '../store/durable-map.ts'
import type { Timers } from '../timers.ts'
import { described, metadata, Parameter } from './parameter.ts'
import { PutInput, putParameter } from './put-parameter.ts'

export interface SsmOptions {
  account: string
  region: string
  timers: Timers
  /** Undefined keeps parameters in memory. */
  dataDir?: string | undefined
}

export interface Ssm {
  readonly service: AwsService
  /**
   * The decrypted value, as ECS reads it for a container.
   * @throws AwsError ParameterNotFound
   */
  read(nameOrArn: string): string
}

const notFound = (name: string): AwsError => new AwsError('ParameterNotFound', `Parameter ${name} not found.`)

/** An arn leaves out the name's first slash: `...:parameter/cell/x` is `/cell/x`, and `...:parameter/x` is `x`. */
function nameOf(nameOrArn: string): string {
  const path = /^arn:[^:]+:ssm:[^:]*:[^:]*:parameter\/(.+)$/.exec(nameOrArn)?.[1]
  if (path === undefined) return nameOrArn
  return path.includes('/') ? `/${path}` : path
}

const Names = z.array(z.string()).min(1).max(10)
const WithDecryption = z.boolean().default(false)
const ByPath = z.strictObject({
  Path: z.string().startsWith('/'),
  Recursive: z.boolean().default(false),
  WithDecryption,
  MaxResults: z.int().min(1).max(10).default(10),
  NextToken: z.string().optional(),
})

/** Of the filters that there are, the one for what is below a path. https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeParameters.html */
const Describe = z.strictObject({
  ParameterFilters: z.tuple([
    z.strictObject({ Key: z.literal('Path'), Option: z.literal('Recursive'), Values: z.tuple([ByPath.shape.Path]) }),
  ]),
  MaxResults: z.int().min(1).max(50).default(50),
  NextToken: z.string().optional(),
})

function byPath(
  parameters: DurableMap<Parameter>,
  input: Omit<z.infer<typeof ByPath>, 'WithDecryption'>,
): { page: Parameter[]; next?: string } {
  const prefix = input.Path.endsWith('/') ? input.Path : `${input.Path}/`
  const found = parameters
    .values()
    .filter(({ name }) => name.startsWith(prefix) && (input.Recursive || !name.slice(prefix.length).includes('/')))
    .filter(({ name }) => name > (input.NextToken ?? ''))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  const page = found.slice(0, input.MaxResults)
  const last = page.at(-1)
  return last && found.length > page.length ? { page, next: last.name } : { page }
}

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_Operations.html */
function operations(parameters: DurableMap<Parameter>, arnOf: (name: string) => string, timers: Timers): Record<string, JsonOperation> {
  const find = (name: string): Parameter | undefined => parameters.get(nameOf(name))
  const show = (parameter: Parameter, decrypt: boolean): object => described(parameter, arnOf(parameter.name), decrypt)
  const split = (names: string[]): { found: Parameter[]; missing: string[] } => ({
    found: names.flatMap((name) => find(name) ?? []),
    missing: names.filter((name) => !find(name)),
  })
  return {
    PutParameter: operation(PutInput, (input) => putParameter(parameters, input, timers.now())),
    GetParameter: operation(z.strictObject({ Name: z.string(), WithDecryption }), (input) => {
      const parameter = find(input.Name)
      if (!parameter) throw notFound(input.Name)
      return { Parameter: show(parameter, input.WithDecryption) }
    }),
    GetParameters: operation(z.strictObject({ Names, WithDecryption }), (input) => {
      const { found, missing } = split(input.Names)
      return { Parameters: found.map((parameter) => show(parameter, input.WithDecryption)), InvalidParameters: missing }
    }),
    GetParametersByPath: operation(ByPath, (input) => {
      const { page, next } = byPath(parameters, input)
      const Parameters = page.map((parameter) => show(parameter, input.WithDecryption))
      return next === undefined ? { Parameters } : { Parameters, NextToken: next }
    }),
    DescribeParameters: operation(Describe, ({ ParameterFilters: [{ Values }], ...rest }) => {
      const { page, next } = byPath(parameters, { ...rest, Path: Values[0], Recursive: true })
      const Parameters = page.map((parameter) => metadata(parameter, arnOf(parameter.name)))
      return next === undefined ? { Parameters } : { Parameters, NextToken: next }
    }),
    DeleteParameter: operation(z.strictObject({ Name: z.string() }), ({ Name }) => {
      const parameter = find(Name)
      if (!parameter) throw notFound(Name)
      parameters.delete(parameter.name)
      return {}
    }),
    DeleteParameters: operation(z.strictObject({ Names }), (input) => {
      const { found, missing } = split(input.Names)
      for (const { name } of found) parameters.delete(name)
      return { DeletedParameters: found.map(({ name }) => name), InvalidParameters: missing }
    }),
  }
}

/** Parameter Store's standard tier. Its file is for its owner's eyes only: values are kept as they are. */
export function createSsm({ account, region, timers, dataDir }: SsmOptions): Ssm {
  const parameters = durableMap(dataDir && join(dataDir, 'parameters.jsonl'), Parameter, { mode: 0o600 })
  const arnOf = (name: string): string => `arn:aws:ssm:${region}:${account}:parameter${name.startsWith('/') ? '' : '/'}${name}`
  return {
    service: jsonService('ssm', 'AmazonSSM', operations(parameters, arnOf, timers)),
    read: (nameOrArn) => {
      const parameter = parameters.get(nameOf(nameOrArn))
      if (!parameter) throw notFound(nameOrArn)
      return parameter.value
    },
  }
}
