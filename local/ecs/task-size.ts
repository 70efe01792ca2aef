import { AwsError } from '../aws/service.ts'
import type { Overrides } from './records.ts'
import type { TaskDefinition } from './task-definition.ts'

/** EC2 takes task sizes from an eighth of a vCPU. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html */
const CPU_MIN = 128
const CPU_MAX = 196_608

function integer(what: string, text: string): number {
  if (!/^\d+$/.test(text))
    throw new AwsError('ClientException', `Invalid '${what}' setting for task: ${text}. The local model takes a whole number only.`)
  return Number(text)
}

/** @param text CPU units @throws ClientException out of ECS' range */
export function taskCpu(text: string): number {
  const cpu = integer('cpu', text)
  if (cpu < CPU_MIN || cpu > CPU_MAX)
    throw new AwsError('ClientException', `Invalid 'cpu' setting for task: ${cpu} is not between ${CPU_MIN} and ${CPU_MAX} units.`)
  return cpu
}

/** @param text MiB */
export const taskMemory = (text: string): number => integer('memory', text)

/** CPU units of a task at most; undefined where neither its definition nor its override says: then it has a share and no limit. */
export function cpuLimit(overrides: Overrides, definition: TaskDefinition): number | undefined {
  const cpu = overrides.cpu ?? definition.cpu
  return cpu === undefined ? undefined : taskCpu(cpu)
}

/** CPU units of its container: its weight among the containers of a host. */
export function containerCpu(overrides: Overrides, { containerDefinitions: [container] }: TaskDefinition): number {
  return overrides.containerOverrides?.[0]?.cpu ?? container.cpu ?? 0
}

/** What the task takes from its host: the override's size, else the definition's, else its container's. */
export function sizeOf(overrides: Overrides, definition: TaskDefinition): { cpu: number; memory: number } {
  const [container] = definition.containerDefinitions
  const memory = overrides.memory ?? definition.memory
  return {
    cpu: cpuLimit(overrides, definition) ?? containerCpu(overrides, definition),
    memory: memory === undefined ? (container.memoryReservation ?? container.memory ?? 0) : taskMemory(memory),
  }
}
