import type { NodeRecord } from '../../shared/clusters/node-record.ts'
import type { ClusterRecord } from '../../shared/clusters/record.ts'
import type { Member } from '../../shared/engines/engine.ts'
import { isoTime } from '../../shared/platform/clock.ts'
import type { Task } from '../../shared/platform/containers.ts'
import type { Step } from '../../shared/reconcile/model.ts'
import type { Observed, ObservedNode } from '../../shared/reconcile/observed.ts'
import { newCluster, newOperation, START } from './cluster.ts'

/** What may go wrong in one turn, drawn by the property tests. */
export interface Mishap {
  /** The step fails after this share of its effect (0..1). */
  failStep: number | undefined
  /** Ordinal of a member whose task dies at the end of the turn. */
  kill: number | undefined
  /** The tenant deletes the cluster in this turn. */
  deletes: boolean
  /** A task appears that no record claims. */
  stray: boolean
}

/** A cell that does what steps say, without AWS: enough to see where plans lead. */
export function modelWorld(members: Member[], deadlineMs = 900_000) {
  let now = START
  let tasks = 0
  const cluster = newCluster('clu_a', { fence: 1 })
  const operation = { ...newOperation('clu_a'), deadline_at: isoTime(START + deadlineMs) }
  const records = new Map<number, NodeRecord>()
  const running = new Map<string, Task>()
  const formed = new Set<string>()

  function launch(ordinal: number): void {
    const member = members.find((m) => m.ordinal === ordinal)
    if (!member) throw new Error(`no member ${ordinal}`)
    const before = records.get(ordinal)
    const alive = before?.task_arn ? running.get(before.task_arn) : undefined
    if (alive && alive.phase !== 'stopped') throw new Error(`node ${ordinal} was launched while its task lives`)
    tasks += 1
    const arn = `task-${tasks}`
    running.set(arn, { arn, phase: 'starting' })
    const at = isoTime(now)
    const attempt = (before?.attempt ?? 0) + 1
    records.set(ordinal, {
      tenant_id: 'ten_a',
      cluster_id: 'clu_a',
      id: `nod_${ordinal}`,
      ...member,
      az: 'a',
      attempt,
      request: '{}',
      ports: { client: 6379, peers: 6379, bus: 16379 },
      task_arn: arn,
      created_at: at,
      updated_at: at,
    })
  }

  function place(ordinal: number): void {
    const record = records.get(ordinal)
    const task = record?.task_arn ? running.get(record.task_arn) : undefined
    if (!record || !task || task.phase === 'stopped') return
    const address = `10.0.0.${task.arn.slice(5)}`
    running.set(task.arn, { ...task, phase: 'running', address, host: 'h' })
    records.set(ordinal, { ...record, address })
  }

  const addresses = (): string[] => [...records.values()].flatMap((record) => record.address ?? []).sort()

  function stop(ordinals: number[]): void {
    const kept = new Set([...records.values()].filter((r) => !ordinals.includes(r.ordinal)).map((r) => r.task_arn))
    for (const task of running.values()) if (!kept.has(task.arn)) running.set(task.arn, { ...task, phase: 'stopped' })
    for (const ordinal of ordinals) records.delete(ordinal)
  }

  function act(step: Step, share: number): void {
    const some = step.ordinals.slice(0, Math.ceil(step.ordinals.length * share))
    const whole = share === 1
    const make = (made: Partial<ClusterRecord['resources']>) => (): void => {
      if (whole) Object.assign(cluster.resources, made)
    }
    const form = (): void => {
      if (whole) for (const address of addresses()) formed.add(address)
    }
    const effects: Record<Step['name'], () => void> = {
      CreateCredentials: make({ credentials_parameter: '/p' }),
      OpenNetwork: make({ security_group_id: 'sg' }),
      DefineTask: make({ task_definition_arn: 'td' }),
      LaunchNodes: () => some.forEach(launch),
      AwaitNodes: () => some.forEach(place),
      FormRing: form,
      ReplaceNode: form,
      HandOver: () => undefined,
      TakeOver: () => undefined,
      MoveNodes: () => undefined,
      PublishNames: make({ published_addresses: addresses() }),
      StopNodes: () => {
        if (whole || step.ordinals.length > 0) stop(some)
      },
      RemoveNames: make({ names_removed: true }),
      RemoveDefinition: make({ definition_removed: true }),
      CloseNetwork: make({ network_removed: true }),
      RemoveCredentials: make({ credentials_removed: true }),
    }
    effects[step.name]()
  }

  function observe(): Observed {
    const nodes = members.map((member): ObservedNode => {
      const record = records.get(member.ordinal)
      return record ? { member, record, task: (record.task_arn && running.get(record.task_arn)) || 'unknown' } : { member, task: 'none' }
    })
    const claimed = new Set([...records.values()].map((record) => record.task_arn))
    const strays = [...running.values()].filter((task) => task.phase !== 'stopped' && !claimed.has(task.arn))
    const all = nodes.length > 0 && nodes.every((node) => typeof node.task === 'object' && node.task.phase === 'running')
    const whole = all && addresses().length === members.length && addresses().every((address) => formed.has(address))
    const ring = all ? { formed: whole, steps: whole ? [] : [{ step: 'FormRing' as const, ordinals: [] }], lost: [] } : undefined
    return { cluster, operation, nodes, strays, views: [], ...(ring ? { ring } : {}) }
  }

  return {
    cluster,
    operation,
    observe,
    now: () => now,
    pass: (ms: number): void => {
      now += ms
    },
    alive: () => [...running.values()].filter((task) => task.phase !== 'stopped'),
    records,
    /** Does a wave; a mishap may cut one of its steps short, which is noted as the graph's Catch would. */
    wave: (steps: Step[], failStep: number | undefined) => {
      for (const [i, step] of steps.entries()) {
        const fails = failStep !== undefined && i === steps.length - 1
        act(step, fails ? failStep : 1)
        if (fails)
          cluster.failures[step.name] = {
            code: 'X',
            message: 'mishap',
            count: (cluster.failures[step.name]?.count ?? 0) + 1,
            at: isoTime(now),
          }
        else delete cluster.failures[step.name]
      }
    },
    mishap: ({ kill, deletes, stray }: Mishap) => {
      const arn = kill === undefined ? undefined : records.get(kill)?.task_arn
      if (arn) running.set(arn, { arn, phase: 'stopped', stoppedReason: 'mishap' })
      if (stray) tasks += 1
      if (stray) running.set(`stray-${tasks}`, { arn: `stray-${tasks}`, phase: 'running' })
      if (deletes && cluster.intent === 'present')
        Object.assign(cluster, { intent: 'absent', generation: cluster.generation + 1, failures: {} })
    },
  }
}
export type ModelWorld = ReturnType<typeof modelWorld>
