import * as z from 'zod'
import type { Ecs } from '../ecs/ecs.ts'
import type { Lambda } from '../lambda/lambda.ts'
import type { Template } from '../template/template.ts'
import { ACTIONS, type ActionName, type Body } from './actions.ts'
import type { CallFault } from './call-faults.ts'
import { type ClockDeps, moveClock } from './clock.ts'
import type { Faults } from './faults.ts'
import { Impossible } from './impossible.ts'
import { oneOf, shortId } from './subject.ts'

/** The parts of a running cloud that can be disturbed. */
export interface Disturbed extends ClockDeps {
  ecs: Pick<Ecs, 'tasks' | 'hosts' | 'killTask' | 'killHost' | 'loseAz' | 'restoreAz' | 'setAgentConnected' | 'setDraining'>
  lambda: Pick<Lambda, 'kill'>
  template: Pick<Template, 'functions' | 'hostGroups'>
  /** `service:operation` of all calls that are known. */
  operations: string[]
  faults: Faults
}

/** What was done, as JSON; or Impossible is thrown. */
type Done = object | Promise<object>

const hostOf = ({ ecs }: Disturbed, given: string): string =>
  oneOf(
    'host',
    given,
    ecs.hosts().map(({ host }) => host),
  ).arn

const isGone = ({ ecs }: Disturbed, arn: string): boolean => !ecs.hosts().some(({ host }) => host.arn === arn && !host.gone)

/** ECS has hosts on its books that died without a word. */
function livingHost(parts: Disturbed, given: string): string {
  const arn = hostOf(parts, given)
  if (isGone(parts, arn)) throw new Impossible(409, `host ${shortId(arn)} is gone, which ECS does not know`)
  return arn
}

function functionOf({ template }: Disturbed, given: string): string {
  const names = template.functions.map(({ name }) => name)
  const found = names.filter((name) => name === given || name.endsWith(`-${given}`))
  if (found.length === 1 && found[0] !== undefined) return found[0]
  throw new Impossible(404, `there is no function ${given}`, { functions: names })
}

function killTask({ ecs }: Disturbed, { task, signal }: Body<'kill-task'>): object {
  const alive = ecs.tasks().filter(({ lastStatus }) => lastStatus !== 'STOPPED')
  const { arn, lastStatus } = oneOf('task', task, alive)
  if (!ecs.killTask(arn, signal)) throw new Impossible(409, `task ${shortId(arn)} is ${lastStatus} and has no container that runs`)
  return { task: shortId(arn), signal }
}

function killHost(parts: Disturbed, { host }: Body<'kill-host'>): object {
  const arn = livingHost(parts, host)
  parts.ecs.killHost(arn)
  return { host: shortId(arn) }
}

function drain(parts: Disturbed, given: string, draining: boolean): object {
  const arn = hostOf(parts, given)
  const status = parts.ecs.hosts().find(({ host }) => host.arn === arn)?.host.status
  if (status === 'REGISTERING') throw new Impossible(409, `host ${shortId(arn)} still boots`)
  parts.ecs.setDraining(arn, draining)
  return { host: shortId(arn), status: draining ? 'DRAINING' : 'ACTIVE' }
}

function loseAz({ ecs, faults, template }: Disturbed, { az }: Body<'lose-az'>): object {
  const azs = [...new Set(template.hostGroups.map((group) => group.az))]
  if (!azs.includes(az)) throw new Impossible(404, `there are no hosts in ${az}`, { azs })
  const lost = faults.active.list().find(({ kind, what }) => kind === 'az' && 'az' in what && what.az === az)
  if (lost) return lost
  ecs.loseAz(az)
  return faults.active.add('az', { az }, () => ecs.restoreAz(az))
}

function silence(parts: Disturbed, { host }: Body<'disconnect-agent'>): Done {
  const { ecs, faults } = parts
  const arn = livingHost(parts, host)
  const known = faults.active.list().find(({ kind, what }) => kind === 'agent' && 'host' in what && what.host === shortId(arn))
  if (known) return known
  return ecs.setAgentConnected(arn, false).then(() =>
    faults.active.add('agent', { host: shortId(arn) }, () => {
      // Its host may be gone by then, and the silence with it.
      if (!isGone(parts, arn)) return ecs.setAgentConnected(arn, true)
    }),
  )
}

async function takeAway({ faults }: Disturbed, kind: 'az' | 'agent', wanted: string, possible: string): Promise<object> {
  const active = faults.active.list().filter((fault) => fault.kind === kind)
  const namesIt = (what: object): boolean => Object.values(what).some((value) => String(value) === wanted)
  const found = active.find(({ what }) => namesIt(what))
  if (!found) throw new Impossible(404, `${wanted} is not disturbed so`, { [possible]: active.map(({ what }) => what) })
  await faults.active.remove(found.id)
  return { removed: found.id }
}

/** A name that no call has would never be hit, and nobody would be told. */
function checked(parts: Disturbed, fault: CallFault): CallFault {
  const { service, operation, by } = fault
  const services = [...new Set(parts.operations.map((each) => each.slice(0, each.indexOf(':'))))]
  if (!services.includes(service)) throw new Impossible(400, `no function calls a service ${service}`, { services })
  const operations = parts.operations.filter((each) => each.startsWith(`${service}:`)).map((each) => each.slice(service.length + 1))
  if (operation !== '*' && !operations.includes(operation))
    throw new Impossible(400, `no function calls ${service}:${operation}`, { operations: ['*', ...operations] })
  return by === undefined ? fault : { ...fault, by: functionOf(parts, by) }
}

/** @throws Impossible with what it takes */
function taking<S extends z.ZodType>({ body: schema, example }: { body: S; example: object }, perform: (body: z.output<S>) => Done) {
  return (body: unknown): Done => {
    const found = z.safeParse(schema, body)
    if (found.success) return perform(found.data)
    const takes = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
    throw new Impossible(400, z.prettifyError(found.error), { takes, example })
  }
}

/** Does it to the cloud. */
export function performers(parts: Disturbed): Record<ActionName, (body: unknown) => Done> {
  const { faults, lambda } = parts
  return {
    'kill-task': taking(ACTIONS['kill-task'], (body) => killTask(parts, body)),
    'kill-host': taking(ACTIONS['kill-host'], (body) => killHost(parts, body)),
    'drain-host': taking(ACTIONS['drain-host'], ({ host }) => drain(parts, host, true)),
    'activate-host': taking(ACTIONS['activate-host'], ({ host }) => drain(parts, host, false)),
    'lose-az': taking(ACTIONS['lose-az'], (body) => loseAz(parts, body)),
    'restore-az': taking(ACTIONS['restore-az'], ({ az }) => takeAway(parts, 'az', az, 'lost')),
    'disconnect-agent': taking(ACTIONS['disconnect-agent'], (body) => silence(parts, body)),
    'reconnect-agent': taking(ACTIONS['reconnect-agent'], ({ host }) =>
      takeAway(parts, 'agent', shortId(livingHost(parts, host)), 'silent'),
    ),
    'kill-function': taking(ACTIONS['kill-function'], (body) => {
      const name = functionOf(parts, body.function)
      return { function: name, killed: lambda.kill(name) }
    }),
    'disturb-calls': taking(ACTIONS['disturb-calls'], (body) => faults.calls.add(checked(parts, body))),
    'disturb-events': taking(ACTIONS['disturb-events'], (body) => faults.events.add(body)),
    'move-clock': taking(ACTIONS['move-clock'], ({ forward_seconds }) => moveClock(parts, forward_seconds)),
  }
}
