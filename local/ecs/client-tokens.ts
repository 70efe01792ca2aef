import { createHash } from 'node:crypto'
import { AwsError } from '../aws/service.ts'
import type { TaskRecord } from './records.ts'

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/ECS_Idempotency.html */
const TOKEN_LIFE_MS = 24 * 3_600_000

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  )
}

/** Tells requests apart, whatever the order of their members. */
export const fingerprintOf = (input: object): string =>
  createHash('sha256')
    .update(JSON.stringify(sorted(input)))
    .digest('hex')

/**
 * The tasks that this token has already started in the cluster, by their index within the request. A token lives 24 h, or
 * until its stopped task is forgotten an hour after its end: until then it answers with the dead task.
 * @throws ConflictException where it was used with other parameters
 */
export function startedWith(
  tasks: TaskRecord[],
  clusterArn: string,
  value: string,
  fingerprint: string,
  now: number,
): Map<number, TaskRecord> {
  const found = tasks.filter(
    (task) => task.clusterArn === clusterArn && task.token?.value === value && now < task.createdAt + TOKEN_LIFE_MS,
  )
  if (found.some((task) => task.token?.fingerprint !== fingerprint))
    throw new AwsError('ConflictException', 'The request with this clientToken was made before, with other parameters.', 409)
  return new Map(found.map((task) => [task.token?.index ?? 0, task]))
}
