import { type Close, type Later, prepare } from './cloud-context.ts'
import type { CloudOptions } from './cloud-options.ts'
import { openPage } from './cloud-page.ts'
import { functionName, openGateway, openSources, startFunctions, startHosts, startStores, startWorkflows } from './cloud-parts.ts'
import type { Dynamo } from './dynamodb/dynamo.ts'
import type { Ecs } from './ecs/ecs.ts'
import type { Events } from './events/events.ts'
import type { Faults } from './faults/faults.ts'
import type { Lambda } from './lambda/lambda.ts'
import type { Route53 } from './route53/route53.ts'
import type { Sqs } from './sqs/sqs.ts'
import type { Ssm } from './ssm/ssm.ts'
import type { Template } from './template/template.ts'
import type { Workflows } from './workflows/workflows.ts'

export type { CloudOptions } from './cloud-options.ts'

/** The parts of a template, running on this machine. */
export interface Cloud {
  /** Of the HTTP API; a browser is shown the page there. */
  readonly apiUrl: string
  /** What `AWS_ENDPOINT_URL` is set to, for whoever speaks to the parts as to AWS. */
  readonly endpointUrl: string
  readonly template: Template
  readonly lambda: Lambda
  readonly workflows: Workflows
  readonly events: Events
  readonly dynamo: Dynamo
  readonly sqs: Sqs
  readonly ssm: Ssm
  readonly ecs: Ecs
  readonly route53: Route53
  /** What is disturbed now, and by what else it can be. */
  readonly faults: Faults
  /** The one function of that name, or whose name ends in `-<name>`: `api` finds `cell-1-api`. @throws when there is not exactly one */
  functionName(name: string): string
  /** Ends everything that was started: servers, workers, processes; and the state, unless it has a directory of its own. */
  stop(): Promise<void>
}

/** Closes in the reverse order of opening, all of it, whatever fails. */
async function closeAll(closers: Close[]): Promise<void> {
  const errors: unknown[] = []
  for (const close of closers.splice(0).reverse()) {
    try {
      await close()
    } catch (error) {
      errors.push(error)
    }
  }
  if (errors.length > 0) throw new AggregateError(errors, 'the local cloud did not stop cleanly')
}

async function compose(options: CloudOptions, closers: Close[]): Promise<Omit<Cloud, 'stop'>> {
  const context = await prepare(options, closers)
  const { template, endpoint, later } = context
  // First, for their claim on kept data: a second cloud on it is turned away before it touches anything. And so they end last,
  // when no function is left that would see nodes go and act on it.
  const { ecs, route53 } = await startHosts(context)
  const { dynamo, sqs, ssm } = await startStores(context)
  const { lambda, events } = startFunctions(context, { sqs })
  Object.assign(later, { ssm, events } satisfies Later)
  await ecs.resume()
  openSources(context, { dynamo, sqs, lambda })
  const workflows = startWorkflows(context, lambda)
  const parts = { ...context, ecs, dynamo, lambda, ssm, workflows }
  const gateway = await openGateway(context, lambda, openPage(parts))
  return {
    apiUrl: gateway.url,
    endpointUrl: endpoint.url,
    template,
    lambda,
    workflows,
    events,
    dynamo,
    sqs,
    ssm,
    ecs,
    route53,
    faults: context.faults,
    functionName: (name) => functionName(template, name),
  }
}

/**
 * Starts what a synthesised CDK app describes, and nothing that it does not. Several may run at once on one machine.
 * @throws with its name for whatever in the template the local cloud does not know; nothing is left running then
 */
export async function startCloud(options: CloudOptions): Promise<Cloud> {
  const closers: Close[] = []
  let stopped: Promise<void> | undefined
  const stop = (): Promise<void> => {
    stopped ??= closeAll(closers)
    return stopped
  }
  try {
    return { ...(await compose(options, closers)), stop }
  } catch (error) {
    // What the start failed for is the news, not what could not be closed after it.
    await stop().catch((unclosed) => (options.onError ?? console.error)(unclosed, 'the stop'))
    throw error
  }
}
