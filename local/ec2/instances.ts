import * as z from 'zod'
import { AwsError } from '../aws/service.ts'
import type { XmlElement } from '../aws/xml.ts'

/** A machine as its owner tells of it. Times are epoch milliseconds. */
export interface Instance {
  id: string
  az: string
  instanceType: string
  address?: string | undefined
  launchedAt: number
  /** Absent while it runs. */
  terminatedAt?: number | undefined
}

const size = z.coerce.number().pipe(z.int().min(5).max(1000))
export const DescribeInstancesInput = z.strictObject({
  InstanceId: z.array(z.string()).default([]),
  // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html: values "up to 200 in total".
  Filter: z.array(z.strictObject({ Name: z.string(), Value: z.array(z.string()).max(200) })).default([]),
  MaxResults: size.optional(),
  NextToken: z.string().optional(),
})
type Input = z.infer<typeof DescribeInstancesInput>

/** The others, on the way from one to the other, take no time here. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceState.html */
const RUNNING = { code: '16', name: 'running' }
const TERMINATED = { code: '48', name: 'terminated' }
const stateOf = ({ terminatedAt }: Instance) => (terminatedAt === undefined ? RUNNING : TERMINATED)

function filterOf(name: string): (instance: Instance) => string {
  if (name === 'instance-id') return ({ id }) => id
  if (name === 'instance-state-name') return (instance) => stateOf(instance).name
  throw new AwsError('InvalidParameterValue', `The local model has no filter '${name}'`)
}

const item = (instance: Instance): XmlElement => ({
  instanceId: instance.id,
  instanceType: instance.instanceType,
  instanceState: stateOf(instance),
  placement: { availabilityZone: instance.az },
  launchTime: new Date(instance.launchedAt).toISOString(),
  // One that is terminated has none any more.
  privateIpAddress: instance.terminatedAt === undefined ? instance.address : undefined,
})

function named(instances: Instance[], ids: string[]): Instance[] {
  return ids.map((id) => {
    const found = instances.find((instance) => instance.id === id)
    if (!found) throw new AwsError('InvalidInstanceID.NotFound', `The instance ID '${id}' does not exist`)
    return found
  })
}

/** Each instance is a reservation of its own, as Auto Scaling makes them one by one. */
export function describeInstances(instances: Instance[], input: Input): XmlElement {
  if (input.InstanceId.length > 0 && input.MaxResults !== undefined)
    throw new AwsError('InvalidParameterCombination', 'The parameter instancesSet cannot be used with the parameter maxResults')
  const filters = input.Filter.map(({ Name, Value }) => {
    const look = filterOf(Name)
    return (instance: Instance): boolean => Value.includes(look(instance))
  })
  const asked = input.InstanceId.length > 0 ? named(instances, input.InstanceId) : instances
  const found = asked.filter((instance) => filters.every((matches) => matches(instance))).sort((a, b) => (a.id < b.id ? -1 : 1))
  const rest = found.filter(({ id }) => id > (input.NextToken ?? ''))
  const page = rest.slice(0, input.MaxResults)
  return {
    reservationSet: { item: page.map((instance) => ({ instancesSet: { item: [item(instance)] } })) },
    nextToken: page.length < rest.length ? page.at(-1)?.id : undefined,
  }
}
