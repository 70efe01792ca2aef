import { type Around, type Authorize, type Endpoint, startEndpoint } from './aws/endpoint.ts'
import { rateLimits } from './aws/rate-limits.ts'
import type { CloudOptions } from './cloud-options.ts'
import type { Ec2 } from './ec2/ec2.ts'
import type { Events } from './events/events.ts'
import { callOf } from './iam/calls.ts'
import { createIam, type Iam } from './iam/iam.ts'
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
  timers: Timers
  endpoint: Endpoint
  iam: Iam
  /** Set once there is one, before anybody can call. */
  later: Later
  /** Where kept state goes; undefined keeps it in memory. */
  kept: string | undefined
  onError: (error: unknown, where: string) => void
  closers: Close[]
}

/** Judges every call by the roles, once there are any. */
async function openEndpoint(options: CloudOptions, timers: Timers, onError: Context['onError'], iam: () => Iam): Promise<Endpoint> {
  const { around, rateScale = 1 } = options
  const between: Around = async (service, request, serve) => {
    const role = iam().principalOf(service, request)?.role
    if (!around || role === undefined) return serve()
    return around({ role, service, operation: callOf(service, request)?.operation ?? request.path }, serve)
  }
  const authorize: Authorize = (service, request) => iam().authorize(service, request)
  return startEndpoint({ onError, authorize, limit: rateLimits(rateScale, timers.now), ...(around ? { around: between } : {}) })
}

export async function prepare(options: CloudOptions, closers: Close[]): Promise<Context> {
  const onError = options.onError ?? ((error, where) => console.error(`local cloud: ${where}:`, error))
  const timers = options.timers ?? systemTimers
  let iam: Iam | undefined
  const endpoint = await openEndpoint(options, timers, onError, () => {
    if (iam) return iam
    throw new Error('called before there are roles to judge by')
  })
  closers.push(endpoint.stop)
  const template = readTemplate(options.outDir, endpoint.url)
  const later: Later = {}
  const { onJudged } = options
  iam = createIam({ template, now: timers.now, groupTags: (id) => later.ec2?.tagsOf(id), ...(onJudged ? { onJudged } : {}) })
  endpoint.add(createSts({ iam, account: template.account }).service)
  return { options, template, timers, endpoint, iam, later, kept: options.dataDir, onError, closers }
}
