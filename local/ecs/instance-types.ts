/** What a host of some instance type offers to tasks. */
export interface Capacity {
  /** CPU units, 1,024 a vCPU. */
  cpu: number
  memoryMiB: number
  /** Tasks with a network interface of their own that fit, with `awsvpcTrunking` on. */
  interfaces: number
}

const MEMORY_GIB_PER_VCPU: Record<string, number> = { c: 2, m: 4, r: 8 }
/** The agent registers what the kernel shows, less what it keeps for itself: about 92 % of what the type is sold with. */
const REGISTERED_SHARE = 0.92

/**
 * By size: vCPUs and the limit of trunked task interfaces, for Graviton (`g`) and for Intel and AMD.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/eni-trunking-supported-instance-types.html
 */
const SIZES: Record<string, { vcpus: number; g: number; x86: number }> = {
  medium: { vcpus: 1, g: 4, x86: 0 },
  large: { vcpus: 2, g: 10, x86: 10 },
  xlarge: { vcpus: 4, g: 20, x86: 20 },
  '2xlarge': { vcpus: 8, g: 40, x86: 40 },
  '4xlarge': { vcpus: 16, g: 60, x86: 60 },
  '8xlarge': { vcpus: 32, g: 60, x86: 90 },
  '12xlarge': { vcpus: 48, g: 60, x86: 120 },
  '16xlarge': { vcpus: 64, g: 120, x86: 120 },
}

/**
 * SSH, Docker and the agent: ECS gives them to no task.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html
 */
export const RESERVED_PORTS = [22, 2375, 2376, 51678, 51679, 51680]

/**
 * Capacity of the c, m and r families of generations 6 and 7, e.g. `r7g.2xlarge`.
 * @throws for any other type: its limits are not known here
 */
export function capacityOf(instanceType: string): Capacity {
  const [, family = '', processor = '', sizeName = ''] = /^([cmr])[67]([gia])\.(\w+)$/.exec(instanceType) ?? []
  const gibPerVcpu = MEMORY_GIB_PER_VCPU[family]
  const size = SIZES[sizeName]
  const interfaces = processor === 'g' ? size?.g : size?.x86
  if (!gibPerVcpu || !size || !interfaces) throw new Error(`the local ECS does not know the instance type ${instanceType}`)
  return { cpu: size.vcpus * 1024, memoryMiB: Math.floor(size.vcpus * gibPerVcpu * 1024 * REGISTERED_SHARE), interfaces }
}
