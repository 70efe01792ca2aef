import type { Request } from '../evaluate.ts'

export interface Account {
  account: string
  region: string
}

/** What an operation with that input asks for; by `service:operation`. */
export type Asks = Record<string, (input: unknown) => Request[]>

export type Arn = (service: string, resource: string) => string
export const arnIn =
  ({ account, region }: Account): Arn =>
  (service, resource) =>
    resource.startsWith('arn:') ? resource : `arn:aws:${service}:${region}:${account}:${resource}`

/** For an action that knows no resources. */
export const anything = (action: string) => (): Request[] => [{ action, resource: '*' }]
