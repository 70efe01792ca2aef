import type { Announcer } from './events.ts'
import type { Fleet } from './fleet.ts'
import type { HostRecord } from './records.ts'
import type { Store } from './store.ts'

/** What can happen to a host from outside. */
export interface HostChanges {
  /** DRAINING takes no new tasks and, for standalone tasks, does nothing else: evicting them is the owner's work. */
  setStatus(host: HostRecord, status: 'ACTIVE' | 'DRAINING'): HostRecord
  setAgent(host: HostRecord, connected: boolean): HostRecord
  /** The host and its disk are gone. */
  remove(host: HostRecord): void
}

export function hostChanges(store: Store, fleet: Fleet, announce: Announcer): HostChanges {
  function change(host: HostRecord, patch: Partial<Pick<HostRecord, 'status' | 'agentConnected'>>): HostRecord {
    const changed = { ...host, ...patch, version: host.version + 1 }
    store.hosts.set(host.arn, changed)
    announce.host(fleet.state(changed))
    return changed
  }
  return {
    setStatus: (host, status) => (host.status === status ? host : change(host, { status })),
    setAgent: (host, agentConnected) => (host.agentConnected === agentConnected ? host : change(host, { agentConnected })),
    remove: (host) => {
      const state = fleet.state(host)
      store.hosts.delete(host.arn)
      announce.hostGone({ ...state, host: { ...host, agentConnected: false, version: host.version + 1 } })
    },
  }
}
