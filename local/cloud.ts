import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Endpoint, startEndpoint } from './aws/endpoint.ts'
import { type Dynamo, startDynamo } from './dynamodb/dynamo.ts'
import type { Faults } from './dynamodb/faults.ts'
import { createStreamMappings } from './dynamodb/stream-mappings.ts'
import { createEc2 } from './ec2/ec2.ts'
import type { ImageStore } from './ecs/driver.ts'
import { createEcs, type Ecs } from './ecs/ecs.ts'
import type { Delays } from './ecs/options.ts'
import { createEvents, type Events } from './events/events.ts'
import { type Gateway, startGateway } from './gateway/gateway.ts'
import { createLambda, type Lambda } from './lambda/lambda.ts'
import { createRoute53, type Route53 } from './route53/route53.ts'
import { createQueueMappings } from './sqs/queue-mappings.ts'
import { createSqs, type Sqs } from './sqs/sqs.ts'
import { createSsm, type Ssm } from './ssm/ssm.ts'
import { readTemplate, type Template } from './template/template.ts'
import { systemTimers, type Timers } from './timers.ts'
import { createWorkflows, type Workflows } from './workflows/workflows.ts'

export interface CloudOptions {
  /** The cloud assembly that `cdk synth` wrote. */
  outDir: string
  /** Where state outlives the process; without it, it is thrown away at the stop. One cloud at a time may use it. */
  dataDir?: string
  /** Of the HTTP API; 0, the default, takes a free one. */
  apiPort?: number
  timers?: Timers
  /** By function: URL of a module whose `deps` go to the bundle's `createHandler`. Named as in {@link Cloud.functionName}. */
  overrides?: Record<string, string>
  /** Each line a function writes. */
  logs?: (functionName: string, line: string) => void
  /** What went wrong and had nobody to be told; the console by default. */
  onError?: (error: unknown, where: string) => void
  /** Where the hosts get their containers' programs from. */
  images: ImageStore
  /** How long tasks stay in a state, to look like AWS; not at all by default. */
  taskDelays?: Delays
  /** Errors that the table shall answer with. */
  faults?: Faults
}

/** The parts of a template, running on this machine. */
export interface Cloud {
  /** Of the HTTP API. */
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
  /** The one function of that name, or whose name ends in `-<name>`: `api` finds `cell-1-api`. @throws when there is not exactly one */
  functionName(name: string): string
  /** Ends everything that was started: servers, workers, processes; and the state, unless it has a directory of its own. */
  stop(): Promise<void>
}

type Close = () => unknown

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

function functionName(template: Template, name: string): string {
  const names = template.functions.map((spec) => spec.name)
  const found = names.includes(name) ? [name] : names.filter((each) => each.endsWith(`-${name}`))
  if (found.length === 1 && found[0] !== undefined) return found[0]
  throw new Error(`${found.length} functions of the template are named ${name}: it has ${names.join(', ')}`)
}

interface Context {
  options: CloudOptions
  template: Template
  timers: Timers
  endpoint: Endpoint
  /** Where kept state goes; undefined keeps it in memory. */
  kept: string | undefined
  onError: (error: unknown, where: string) => void
  closers: Close[]
}

async function prepare(options: CloudOptions, closers: Close[]): Promise<Context> {
  const onError = options.onError ?? ((error, where) => console.error(`local cloud: ${where}:`, error))
  const endpoint = await startEndpoint({ onError })
  closers.push(endpoint.stop)
  const template = readTemplate(options.outDir, endpoint.url)
  return { options, template, timers: options.timers ?? systemTimers, endpoint, kept: options.dataDir, onError, closers }
}

async function startStores({ options, template, timers, endpoint, kept, onError, closers }: Context) {
  const { account, region, tables, queues } = template
  const { faults } = options
  const dynamo = await startDynamo({
    tables,
    dataDir: kept,
    onError: (error) => onError(error, 'the table'),
    ...(faults ? { faults } : {}),
  })
  closers.push(dynamo.stop)
  const sqs = createSqs({ queues, timers, dataDir: kept })
  closers.push(sqs.stop)
  const ssm = createSsm({ account, region, timers, dataDir: kept })
  for (const { service } of [dynamo, sqs, ssm]) endpoint.add(service)
  return { dynamo, sqs, ssm }
}

function startFunctions({ options, template, timers, endpoint, closers }: Context): { lambda: Lambda; events: Events } {
  const { account, region, functions, rules, schedules } = template
  const overrides = Object.entries(options.overrides ?? {}).map(([name, module]) => [functionName(template, name), module])
  const lambda = createLambda({
    functions,
    region,
    endpointUrl: endpoint.url,
    timers,
    overrides: Object.fromEntries(overrides),
    ...(options.logs ? { logs: options.logs } : {}),
  })
  closers.push(lambda.stop)
  endpoint.add(lambda.service)
  const events = createEvents({ rules, schedules, account, region, invokeAsync: lambda.invokeAsync, timers })
  closers.push(events.stop)
  return { lambda, events }
}

/** Hosts with their tasks, and what tasks are given: their groups and their names. */
async function startHosts({ options, template, timers, endpoint, kept, onError, closers }: Context, parts: { ssm: Ssm; events: Events }) {
  const { account, region, ecsClusters, hostGroups, network } = template
  // Processes need a place for their files, even when nothing is kept.
  const base = kept ?? mkdtempSync(join(tmpdir(), 'ringhold-hosts-'))
  if (kept === undefined) closers.push(() => rmSync(base, { recursive: true, force: true }))
  const dataDir = join(base, 'ecs')
  const ecs = await createEcs({
    ...{ account, region, timers, dataDir, hostGroups, images: options.images, onError },
    clusters: ecsClusters,
    subnets: network.subnets,
    readSecret: async (name) => parts.ssm.read(name),
    emit: (event) => parts.events.putEvent(event),
    ...(options.taskDelays ? { delays: options.taskDelays } : {}),
  })
  closers.push(() => ecs.stop(kept === undefined ? 'end' : 'keep'))
  const networkInterfaces = () => ecs.networkInterfaces().map(({ securityGroupId }) => ({ securityGroupIds: [securityGroupId] }))
  const ec2 = createEc2({ account, region, network, networkInterfaces, dataDir: kept })
  const route53 = createRoute53({ zones: network.hostedZones, timers, dataDir: kept })
  for (const { service } of [ecs, ec2, route53]) endpoint.add(service)
  return { ecs, route53 }
}

/** Streams and queues that functions are fed from. A stream's batch that is given up goes to the queue that its mapping names. */
function openSources({ template, timers, kept, onError, closers }: Context, parts: { dynamo: Dynamo; sqs: Sqs; lambda: Lambda }): void {
  const { dynamo, sqs, lambda } = parts
  const { eventSources } = template
  const streams = createStreamMappings({
    eventSources,
    dynamo,
    invoke: lambda.invoke,
    timers,
    dataDir: kept,
    onError: (error) => onError(error, 'a stream'),
    sendFailure: async (arn, body) => {
      sqs.queue(arn).send({ body: JSON.stringify(body), sender: 'lambda' })
    },
  })
  closers.push(streams.stop)
  const queues = createQueueMappings({ eventSources, sqs, invoke: lambda.invoke, onError: (error) => onError(error, 'a queue') })
  closers.push(queues.stop)
}

function startWorkflows({ template, timers, kept, endpoint, closers }: Context, lambda: Lambda): Workflows {
  const workflows = createWorkflows({ machines: template.stateMachines, invoke: lambda.invoke, timers, dataDir: kept })
  closers.push(workflows.stop)
  endpoint.add(workflows.service)
  workflows.resume()
  return workflows
}

async function openGateway({ options, template, timers, onError, closers }: Context, lambda: Lambda): Promise<Gateway> {
  const [api, ...others] = template.httpApis
  if (!api || others.length > 0) throw new Error(`the template has ${template.httpApis.length} HTTP APIs; the local cloud serves one`)
  const { account } = template
  const gateway = await startGateway({ api, account, invoke: lambda.invoke, timers, port: options.apiPort ?? 0, onError })
  closers.push(gateway.stop)
  return gateway
}

async function compose(options: CloudOptions, closers: Close[]): Promise<Omit<Cloud, 'stop'>> {
  const context = await prepare(options, closers)
  const { template, endpoint } = context
  const { dynamo, sqs, ssm } = await startStores(context)
  const { lambda, events } = startFunctions(context)
  const { ecs, route53 } = await startHosts(context, { ssm, events })
  await ecs.resume()
  openSources(context, { dynamo, sqs, lambda })
  const workflows = startWorkflows(context, lambda)
  const gateway = await openGateway(context, lambda)
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
    functionName: (name) => functionName(template, name),
  }
}

/**
 * Starts what a synthesised CDK app describes, and nothing that it does not. Several may run at once on one machine.
 * @throws with its name for whatever in the template the local cloud does not know; nothing is left running then
 */
export async function startCloud(options: CloudOptions): Promise<Cloud> {
  const closers: Close[] = []
  try {
    return { ...(await compose(options, closers)), stop: () => closeAll(closers) }
  } catch (error) {
    await closeAll(closers)
    throw error
  }
}
