import { AwsError } from '../aws/service.ts'

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
