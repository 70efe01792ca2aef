import { type Around, type Authorize, type Endpoint, startEndpoint } from './aws/endpoint.ts'
import { type Limit, rateLimits } from './aws/rate-limits.ts'
import type { CloudOptions } from './cloud-options.ts'
import type { Ec2 } from './ec2/ec2.ts'
import type { Events } from './events/events.ts'
import { callers } from './faults/callers.ts'
import { createFaults, type Faults } from './faults/faults.ts'
import { type MovableTimers, movableTimers } from './faults/movable-timers.ts'
import { callOf } from './iam/calls.ts'
import { createIam, type Iam, type OnJudged } from './iam/iam.ts'
import { type Activity, activity } from './page/activity.ts'
import { noted } from './page/noted.ts'
import type { Ssm } from './ssm/ssm.ts'
import { createSts } from './sts/sts.ts'
import { readTemplate, type Template } from './template/template.ts'
import { systemTimers, type Timers } from './timers.ts'

/** Ends one part; parts end in the reverse order of their start. */
export type Close = () => unknown

/** What parts need of others that start after them; nothing happens on hosts before they resume. */
export interface Later {
  ec2?: Ec2
  ssm?: Ssm
  events?: Events
}

/** What every part is started with. */
export interface Context {
  options: CloudOptions
  template: Template
  /** The cloud's clock, which can be moved. */
  timers: MovableTimers
  /** Time that nobody moves: for what takes as long as it takes, such as a function that runs. */
  steady: Timers
  endpoint: Endpoint
  iam: Iam
  callerOf(role: string): string
  faults: Faults
  activity: Activity
  /** Set once there is one, before anybody can call. */
  later: Later
  /** Where kept state goes; undefined keeps it in memory. */
  kept: string | undefined
  onError: (error: unknown, where: string) => void
  closers: Close[]
}

interface Judges {
  iam: Iam
  /** The function behind a role. */
  callerOf(role: string): string
  limit: Limit
}

/** Judges every call, by the roles and by how many there were, once there is a template; what is let through is disturbed, and written down as it ended. */
async function openEndpoint(context: Pick<Context, 'options' | 'faults' | 'activity' | 'onError'>, judges: () => Judges) {
  const { options, faults, activity, onError } = context
  const { around = (_call, serve) => serve() } = options
  const between: Around = async (service, request, serve) => {
    const { iam, callerOf } = judges()
    const role = iam.principalOf(service, request)?.role
    if (role === undefined) return serve()
    const call = { role, by: callerOf(role), service, operation: callOf(service, request)?.operation ?? request.path }
    return noted(activity.calls, call, () => faults.calls.around(call, request, () => around(call, serve)))
  }
  const authorize: Authorize = (service, request) => judges().iam.authorize(service, request)
  const limit: Limit = (service, request) => judges().limit(service, request)
  return startEndpoint({ onError, authorize, limit, around: between })
}

export async function prepare(options: CloudOptions, closers: Close[]): Promise<Context> {
  const onError = options.onError ?? ((error, where) => console.error(`local cloud: ${where}:`, error))
  const steady = options.timers ?? systemTimers
  const timers = movableTimers(steady)
  const shared = { options, timers, steady, faults: createFaults(steady), activity: activity(), onError }
  let judges: Judges | undefined
  const endpoint = await openEndpoint(shared, () => {
    if (judges) return judges
    throw new Error('called before there are roles to judge by')
  })
  closers.push(endpoint.stop)
  const template = readTemplate(options.outDir, endpoint.url)
  const callerOf = callers(template)
  const later: Later = {}
  const onJudged: OnJudged = (principal, request, allowed) => {
    options.onJudged?.(principal, request, allowed)
    const { action, resource } = request
    if (!allowed) shared.activity.denials.add({ at: steady.now(), by: callerOf(principal.role), action, resource })
  }
  const iam = createIam({ template, now: timers.now, groupTags: (id) => later.ec2?.tagsOf(id), onJudged })
  judges = { iam, callerOf, limit: rateLimits(template.quotas, options.rateScale ?? 1, timers.now) }
  endpoint.add(createSts({ iam, account: template.account }).service)
  return { ...shared, template, endpoint, iam, callerOf, later, kept: options.dataDir, closers }
}
