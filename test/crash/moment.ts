import type { AwsResponse } from '../../local/aws/service.ts'
import type { RoleCall } from '../../local/cloud-options.ts'
import { FUNCTION_VARIABLES, type FunctionName } from '../../shared/platform/env.ts'

const isFunction = (name: string): name is FunctionName => name in FUNCTION_VARIABLES

/** Of what is deployed as `<cell>-<function>`; undefined for a role that is no function's. */
function functionOf(deployed: string): FunctionName | undefined {
  const name = deployed.slice(deployed.lastIndexOf('-') + 1)
  return isFunction(name) ? name : undefined
}

/** Where a worker dies: at the nth call of that kind since the create, before AWS has heard of it or after it was done. */
export interface Moment {
  caller: FunctionName
  service: string
  operation: string
  /** From 1. */
  nth: number
  when: 'before' | 'after'
}
export const nameOf = ({ caller, service, operation, nth, when }: Moment): string => `${when} ${caller} ${service}:${operation} #${nth}`

const kindOf = ({ caller, service, operation }: Pick<Moment, 'caller' | 'service' | 'operation'>): string =>
  `${caller} ${service}:${operation}`

/** Counts the calls of functions by kind, and kills the worker that makes the one of the moment. */
export function createReaper(kill: (name: FunctionName) => void) {
  const counts = new Map<string, { caller: FunctionName; service: string; operation: string; count: number }>()
  let armed: Moment | undefined
  let asking = false
  /** Never answered: whoever asked is dead. */
  const silence = (): Promise<AwsResponse> => new Promise(() => {})

  return {
    around: async ({ by, service, operation }: RoleCall, serve: () => Promise<AwsResponse>): Promise<AwsResponse> => {
      const caller = functionOf(by)
      // A request that only looks is nobody's to resume.
      if (!caller || (caller === 'api' && !asking)) return serve()
      const kind = kindOf({ caller, service, operation })
      const seen = counts.get(kind) ?? { caller, service, operation, count: 0 }
      seen.count += 1
      counts.set(kind, seen)
      const hit = armed && kindOf(armed) === kind && armed.nth === seen.count ? armed : undefined
      if (!hit) return serve()
      armed = undefined
      if (hit.when === 'after') await serve()
      kill(caller)
      return silence()
    },
    /** Counts from here. @param moment where to kill, once */
    arm: (moment?: Moment): void => {
      counts.clear()
      armed = moment
    },
    /** Calls of the API count while a change is asked for. */
    whileAsking: async <T>(ask: () => Promise<T>): Promise<T> => {
      asking = true
      try {
        return await ask()
      } finally {
        asking = false
      }
    },
    /** Whether the moment has come. */
    struck: (): boolean => armed === undefined,
    /** How often such calls came since it was armed. */
    came: (moment: Moment): number => counts.get(kindOf(moment))?.count ?? 0,
    counted: () => [...counts.values()],
  }
}
export type Reaper = ReturnType<typeof createReaper>
