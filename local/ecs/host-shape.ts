import { capacityOf, RESERVED_PORTS } from './instance-types.ts'
import type { HostView } from './placement.ts'
import type { HostRecord, TaskRecord } from './records.ts'
import type { WriteTime } from './task-shape.ts'

const resources = (cpu: number, memoryMiB: number, ports: Iterable<number>): object[] => [
  { name: 'CPU', type: 'INTEGER', doubleValue: 0, longValue: 0, integerValue: cpu },
  { name: 'MEMORY', type: 'INTEGER', doubleValue: 0, longValue: 0, integerValue: memoryMiB },
  // Those that are taken, in both lists.
  { name: 'PORTS', type: 'STRINGSET', doubleValue: 0, longValue: 0, integerValue: 0, stringSetValue: [...ports].map(String) },
]

/** A host with what it holds now. */
export interface HostState {
  host: HostRecord
  view: HostView
  tasks: TaskRecord[]
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerInstance.html */
export function hostShape({ host, view, tasks }: HostState, write: WriteTime): object {
  const { cpu, memoryMiB } = capacityOf(host.instanceType)
  const running = tasks.filter((task) => task.lastStatus === 'RUNNING').length
  return {
    containerInstanceArn: host.arn,
    ec2InstanceId: host.ec2InstanceId,
    capacityProviderName: host.capacityProvider,
    version: host.version,
    status: host.status,
    agentConnected: host.agentConnected,
    registeredResources: resources(cpu, memoryMiB, RESERVED_PORTS),
    remainingResources: resources(view.free.cpu, view.free.memoryMiB, view.ports),
    runningTasksCount: running,
    pendingTasksCount: tasks.filter((task) => task.lastStatus === 'PENDING' || task.lastStatus === 'PROVISIONING').length,
    attributes: [
      { name: 'ecs.availability-zone', value: host.az },
      { name: 'ecs.instance-type', value: host.instanceType },
      // There only where trunking is on; its absence is how one sees that it is not.
      { name: 'ecs.awsvpc-trunk-id', value: `trunk-${host.id}` },
      ...host.attributes,
    ],
    attachments: [],
    ...(host.registeredAt === undefined ? {} : { registeredAt: write(host.registeredAt) }),
  }
}
