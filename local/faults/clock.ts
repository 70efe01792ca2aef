import type { Dynamo } from '../dynamodb/dynamo.ts'
import type { MovableTimers } from './movable-timers.ts'

/** What a moved clock moves, and what it cannot; told with every answer. */
export const MOVES = [
  'the clock of the functions: leases, due items, deadlines, keys and tokens that expire, rates, retries of deliveries',
  'schedules; of the runs that were skipped one is made up for',
  'queues: delays, visibility, retention',
  'Step Functions: waits and timeouts',
  'ECS: how long a task waits for a host, how long it stays in a state',
  'sessions of assumed roles',
  "the table's TTL: what has expired is deleted at once",
]
export const STAYS = [
  'nodes: a key with a TTL in a ring lives as long as before',
  'functions that run now: their timeout, and what they sleep',
  'how long a container has between SIGTERM and SIGKILL',
  'receivers of webhooks: who checks the time of a signature refuses one from the future',
  'what --data keeps: after a restart the clock is right again, and what was written before lies ahead of it',
]

export interface ClockDeps {
  timers: MovableTimers
  dynamo: Pick<Dynamo, 'expire'>
}

export interface Moved {
  ahead_seconds: number
  now: string
  expired_items: number
  moves: string[]
  stays: string[]
}

export const aheadMs = ({ ahead }: MovableTimers): number => new Float64Array(ahead)[0] ?? 0

export async function moveClock({ timers, dynamo }: ClockDeps, forwardSeconds: number): Promise<Moved> {
  timers.forward(forwardSeconds * 1000)
  const expired_items = await dynamo.expire(timers.now())
  return {
    ahead_seconds: aheadMs(timers) / 1000,
    now: new Date(timers.now()).toISOString(),
    expired_items,
    moves: MOVES,
    stays: STAYS,
  }
}
