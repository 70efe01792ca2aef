import type { HostRecord, InstanceRecord } from './records.ts'
import type { Store } from './store.ts'

/** "Visible for up to an hour": https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/terminating-instances.html */
export const TERMINATED_KEPT_MS = 3_600_000

/** The machines under the hosts, as EC2 knows them: it hears of their end whatever their agent told. */
export interface Instances {
  /** Those that run, and those that were terminated lately. */
  all(): InstanceRecord[]
  terminate(host: HostRecord): void
}

const instanceOf = ({ ec2InstanceId, az, instanceType, address, launchedAt }: HostRecord): InstanceRecord => ({
  ...{ id: ec2InstanceId, az, instanceType, launchedAt },
  ...(address === undefined ? {} : { address }),
})

export function instances({ hosts, terminated }: Pick<Store, 'hosts' | 'terminated'>, now: () => number): Instances {
  function lately(): InstanceRecord[] {
    for (const { id, terminatedAt = 0 } of terminated.values()) if (terminatedAt + TERMINATED_KEPT_MS <= now()) terminated.delete(id)
    return terminated.values()
  }
  return {
    all: () => {
      const gone = lately()
      const ids = new Set(gone.map(({ id }) => id))
      const running = hosts.values().filter((host) => !host.gone && !ids.has(host.ec2InstanceId))
      return [...running.map(instanceOf), ...gone]
    },
    terminate: (host) => {
      lately()
      terminated.set(host.ec2InstanceId, { ...instanceOf(host), terminatedAt: now() })
    },
  }
}
