import type { Request } from './roles.ts'

export interface Account {
  account: string
  region: string
}

/** A request of whoever makes the call, unless it names another role. */
export type Ask = Omit<Request, 'role'> & { role?: string }
/** What an operation with that input asks for; by `service:operation`. */
export type Asks = Record<string, (input: unknown) => Ask[]>

export type Arn = (service: string, resource: string) => string
export const arnIn =
  ({ account, region }: Account): Arn =>
  (service, resource) =>
    `arn:aws:${service}:${region}:${account}:${resource}`

/** For an action that knows no resources. */
export const anything = (action: string) => (): Ask[] => [{ action, resource: '*' }]
