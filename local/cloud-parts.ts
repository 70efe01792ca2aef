import { join } from 'node:path'
import type { Context } from './cloud-context.ts'
import { type Dynamo, startDynamo } from './dynamodb/dynamo.ts'
import { createStreamMappings } from './dynamodb/stream-mappings.ts'
import { createEc2 } from './ec2/ec2.ts'
import { createEcs } from './ecs/ecs.ts'
import type { EcsEvent } from './ecs/events.ts'
import { processDriver } from './ecs/process-driver.ts'
import { END_SCRIPT } from './ecs/process-identity.ts'
import { createEvents, type Events } from './events/events.ts'
import { type Gateway, type LocalAnswers, startGateway } from './gateway/gateway.ts'
import { createLambda, type Lambda } from './lambda/lambda.ts'
import { eventOf } from './page/event-entry.ts'
import { createRoute53 } from './route53/route53.ts'
import { createQueueMappings } from './sqs/queue-mappings.ts'
import { createSqs, type Sqs } from './sqs/sqs.ts'
import { createSsm } from './ssm/ssm.ts'
import type { Template } from './template/template.ts'
import { throwaway } from './throwaway.ts'
import { createWorkflows, type Workflows } from './workflows/workflows.ts'

/** @throws when there is not exactly one */
export function functionName(template: Template, name: string): string {
  const names = template.functions.map((spec) => spec.name)
  const found = names.includes(name) ? [name] : names.filter((each) => each.endsWith(`-${name}`))
  if (found.length === 1 && found[0] !== undefined) return found[0]
  throw new Error(`${found.length} functions of the template are named ${name}: it has ${names.join(', ')}`)
}

export async function startStores({ options, template, timers, endpoint, kept, onError, closers }: Context) {
  const { account, region, tables, queues } = template
  const { onConsumed } = options
  const dynamo = await startDynamo({
    tables,
    dataDir: kept,
    onError: (error) => onError(error, 'the table'),
    ...(onConsumed ? { onConsumed } : {}),
  })
  closers.push(dynamo.stop)
  const sqs = createSqs({ queues, timers, dataDir: kept })
  closers.push(sqs.stop)
  const ssm = createSsm({ account, region, timers, dataDir: kept })
  for (const { service } of [dynamo, sqs, ssm]) endpoint.add(service)
  return { dynamo, sqs, ssm }
}

/** As Lambda does, with the role of the function. */
const tell = (sqs: Sqs, queueArn: string, body: object): void => {
  sqs.queue(queueArn).send({ body: JSON.stringify(body), sender: 'lambda' })
}

export function startFunctions(
  { options, template, timers, steady, endpoint, closers }: Context,
  { sqs }: { sqs: Sqs },
): { lambda: Lambda; events: Events } {
  const { account, region, quotas, functions, rules, schedules } = template
  const overrides = Object.entries(options.overrides ?? {}).map(([name, module]) => [functionName(template, name), module])
  const lambda = createLambda({
    functions,
    concurrentExecutions: quotas.concurrentExecutions,
    region,
    endpointUrl: endpoint.url,
    timers,
    steady,
    ahead: timers.ahead,
    overrides: Object.fromEntries(overrides),
    sendFailure: (arn, body) => tell(sqs, arn, body),
    ...(options.logs ? { logs: options.logs } : {}),
    ...(options.onInvoked ? { onInvoked: options.onInvoked } : {}),
  })
  closers.push(lambda.stop)
  endpoint.add(lambda.service)
  const events = createEvents({ rules, schedules, account, region, invokeAsync: lambda.invokeAsync, timers })
  closers.push(events.stop)
  return { lambda, events }
}

/** As an ECS agent does, with the role that the task definition names. */
async function readSecret({ later: { ssm }, iam, template }: Context, name: string, role: string): Promise<string> {
  if (!ssm) throw new Error(`the secret ${name} is asked for before there is a parameter store`)
  const resource = name.startsWith('arn:') ? name : `arn:aws:ssm:${template.region}:${template.account}:parameter${name}`
  iam.check('ssm', role, { action: 'ssm:GetParameters', resource })
  return ssm.read(name)
}

/** An event of ECS on its way to the rules. */
function emit({ faults, activity, later, steady }: Context, event: EcsEvent): void {
  const hit = faults.events.pass(event, (passed) => later.events?.putEvent(passed))
  activity.events.add({ at: steady.now(), ...eventOf(event), faults: hit })
}

/** Hosts with their tasks, and what tasks are given: their groups and their names. */
export async function startHosts(context: Context) {
  const { options, template, timers, steady, endpoint, later, kept, onError, closers } = context
  const { account, region, ecsClusters, hostGroups, network } = template
  // Processes need a place for their files, even when nothing is kept.
  let base = kept
  if (base === undefined) {
    const place = throwaway('ringhold-hosts-', options.runtime?.endScript ?? END_SCRIPT)
    closers.push(place.remove)
    base = place.path
  }
  const dataDir = join(base, 'ecs')
  const ecs = await createEcs({
    ...{ account, region, timers, dataDir, hostGroups, images: options.images, onError },
    clusters: ecsClusters,
    subnets: network.subnets,
    readSecret: (name, role) => readSecret(context, name, role),
    emit: (event) => emit(context, event),
    driver:
      options.runtime?.driver({ dataDir, kept: kept !== undefined }, onError) ?? processDriver({ images: options.images, timers: steady }),
    ...(options.taskDelays ? { delays: options.taskDelays } : {}),
  })
  closers.push(() => ecs.stop(kept === undefined ? 'end' : 'keep'))
  const networkInterfaces = () => ecs.networkInterfaces().map(({ securityGroupId }) => ({ securityGroupIds: [securityGroupId] }))
  const ec2 = createEc2({ account, region, network, networkInterfaces, instances: ecs.instances, dataDir: kept })
  later.ec2 = ec2
  const route53 = createRoute53({ zones: network.hostedZones, timers, dataDir: kept })
  for (const { service } of [ecs, ec2, route53]) endpoint.add(service)
  return { ecs, route53 }
}

/** Streams and queues that functions are fed from. A stream's batch that is given up goes to the queue that its mapping names. */
export function openSources(
  { template, timers, kept, onError, closers }: Context,
  parts: { dynamo: Dynamo; sqs: Sqs; lambda: Lambda },
): void {
  const { dynamo, sqs, lambda } = parts
  const { eventSources } = template
  const streams = createStreamMappings({
    eventSources,
    dynamo,
    invoke: lambda.invoke,
    timers,
    dataDir: kept,
    onError: (error) => onError(error, 'a stream'),
    sendFailure: async (arn, body) => tell(sqs, arn, body),
  })
  closers.push(streams.stop)
  const queues = createQueueMappings({ eventSources, sqs, invoke: lambda.invoke, timers, onError: (error) => onError(error, 'a queue') })
  closers.push(queues.stop)
}

export function startWorkflows({ template, timers, kept, endpoint, closers }: Context, lambda: Lambda): Workflows {
  const workflows = createWorkflows({ machines: template.stateMachines, invoke: lambda.invoke, timers, dataDir: kept })
  closers.push(workflows.stop)
  endpoint.add(workflows.service)
  workflows.resume()
  return workflows
}

export async function openGateway(
  { options, template, timers, steady, onError, closers }: Context,
  lambda: Lambda,
  local?: LocalAnswers,
): Promise<Gateway> {
  const [api, ...others] = template.httpApis
  if (!api || others.length > 0) throw new Error(`the template has ${template.httpApis.length} HTTP APIs; the local cloud serves one`)
  const { account } = template
  const open = (port: number): Promise<Gateway> =>
    startGateway({
      api,
      account,
      invoke: lambda.invoke,
      timers: { now: timers.now, after: steady.after },
      port,
      onError,
      ...(local ? { local } : {}),
    })
  const gateway = await open(options.apiPort ?? 0).catch((error: unknown) => {
    if (options.orFreePort && Error.isError(error) && 'code' in error && error.code === 'EADDRINUSE') return open(0)
    throw error
  })
  closers.push(gateway.stop)
  return gateway
}
