import type { Timers } from '../timers.ts'
import type { AddressPool } from './addresses.ts'
import type { Announcer } from './events.ts'
import type { Fleet } from './fleet.ts'
import type { HostGroup } from './options.ts'
import type { HostRecord } from './records.ts'
import type { Store } from './store.ts'

export interface HostGroupsDeps {
  store: Store
  fleet: Fleet
  announce: Announcer
  hostGroups: HostGroup[]
  clusters: { name: string; arn: string }[]
  timers: Timers
  bootMs: number
  ids(length: number): string
  arn(kind: 'container-instance', clusterName: string, id: string): string
  addresses: AddressPool
  /** A host is there: what waits may find room. */
  registered(): void
  stopping(): boolean
  onError(error: unknown, where: string): void
  /** AZs that are out: nothing is launched there. */
  lostAzs: ReadonlySet<string>
}

/** The Auto Scaling groups behind the capacity providers. Hosts are launched on demand; scaling in is a part of its own. */
export interface HostGroups {
  of(group: HostGroup): HostRecord[]
  /** Brings a group to so many hosts, as far as its maximum allows; each is there after its boot. */
  launchUpTo(group: HostGroup, count: number): void
  /** The groups' minimum in an AZ that is back. */
  refill(az: string): void
  /** After start or restart: the groups' minimum at once, and the boots that were under way. */
  resume(): Promise<void>
}

export function hostGroups(deps: HostGroupsDeps): HostGroups {
  const { store, timers } = deps
  const of = (group: HostGroup): HostRecord[] =>
    store.hosts.values().filter((host) => host.capacityProvider === group.capacityProvider && !host.gone)

  const isBooting = (arn: string): boolean => store.hosts.get(arn)?.status === 'REGISTERING' && !deps.stopping()
  async function register(arn: string): Promise<void> {
    if (!isBooting(arn)) return
    const address = await deps.addresses.next('any')
    const host = store.hosts.get(arn)
    if (!host || !isBooting(arn)) return
    const { agent } = deps.hostGroups.find(({ capacityProvider }) => capacityProvider === host.capacityProvider) ?? {}
    const active: HostRecord = {
      ...{ ...host, address, status: 'ACTIVE', version: host.version + 1, registeredAt: timers.now() },
      attributes: (agent?.attributes ?? []).map(({ name, value }) => ({ name, value: typeof value === 'string' ? value : address })),
      containerMetadata: agent?.containerMetadata ?? false,
    }
    store.hosts.set(arn, active)
    deps.announce.host(deps.fleet.state(active))
    deps.registered()
  }
  const boot = (host: HostRecord): void => {
    const up = (): void => void register(host.arn).catch((error: unknown) => deps.onError(error, `host ${host.arn}`))
    timers.after(Math.max(0, host.launchedAt + deps.bootMs - timers.now()), up)
  }
  function launch(group: HostGroup): HostRecord {
    const id = deps.ids(32)
    const host: HostRecord = {
      arn: deps.arn('container-instance', group.clusterName, id),
      id,
      ec2InstanceId: `i-${deps.ids(17)}`,
      clusterArn: deps.clusters.find((cluster) => cluster.name === group.clusterName)?.arn ?? '',
      capacityProvider: group.capacityProvider,
      az: group.az,
      instanceType: group.instanceType,
      attributes: [],
      containerMetadata: false,
      status: 'REGISTERING',
      agentConnected: true,
      gone: false,
      version: 1,
      launchedAt: timers.now(),
    }
    store.hosts.set(host.arn, host)
    return host
  }
  function launchUpTo(group: HostGroup, count: number): void {
    if (deps.lostAzs.has(group.az)) return
    for (let have = of(group).length; have < Math.min(count, group.max); have += 1) boot(launch(group))
  }
  return {
    of,
    launchUpTo,
    refill: (az) => {
      for (const group of deps.hostGroups) if (group.az === az) launchUpTo(group, group.min)
    },
    resume: async () => {
      for (const host of store.hosts.values()) boot(host)
      for (const group of deps.hostGroups) for (let have = of(group).length; have < group.min; have += 1) await register(launch(group).arn)
    },
  }
}
