import type { Announcer } from './events.ts'
import type { Fleet } from './fleet.ts'
import type { Instances } from './instances.ts'
import type { HostRecord } from './records.ts'
import type { Store } from './store.ts'

/** What can happen to a host from outside. */
export interface HostChanges {
  /** DRAINING takes no new tasks and, for standalone tasks, does nothing else: evicting them is the owner's work. */
  setStatus(host: HostRecord, status: 'ACTIVE' | 'DRAINING'): HostRecord
  setAgent(host: HostRecord, connected: boolean): HostRecord
  /** The host and its disk are gone. ECS hears so of its agent alone: one that was out of touch stays on the books. */
  terminate(host: HostRecord): void
  /** It is off the books, with a word. */
  deregister(host: HostRecord): HostRecord
}

export interface HostChangesDeps {
  store: Store
  fleet: Fleet
  instances: Instances
  announce: Announcer
}

export function hostChanges({ store, fleet, instances, announce }: HostChangesDeps): HostChanges {
  function change(host: HostRecord, patch: Partial<Pick<HostRecord, 'status' | 'agentConnected'>>): HostRecord {
    const changed = { ...host, ...patch, version: host.version + 1 }
    store.hosts.set(host.arn, changed)
    announce.host(fleet.state(changed))
    return changed
  }
  function deregister(host: HostRecord): HostRecord {
    const state = fleet.state(host)
    const last = { ...host, agentConnected: false, version: host.version + 1 }
    store.hosts.delete(host.arn)
    announce.hostGone({ ...state, host: last })
    return last
  }
  return {
    setStatus: (host, status) => (host.status === status ? host : change(host, { status })),
    setAgent: (host, agentConnected) => (host.agentConnected === agentConnected ? host : change(host, { agentConnected })),
    terminate: (host) => {
      instances.terminate(host)
      // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeregisterContainerInstance.html
      if (host.agentConnected) deregister(host)
      else store.hosts.set(host.arn, { ...host, gone: true })
    },
    deregister,
  }
}
