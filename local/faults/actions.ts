import * as z from 'zod'
import { CallFault } from './call-faults.ts'
import { EventFault } from './event-faults.ts'

const id = (what: string) => z.string().min(1).describe(`the ${what}'s id, its ARN, or enough of the beginning of its id`)
const az = z.string().min(1).describe('as hosts have it')

/** Everything that can be done to a local cloud while it runs; each is `POST /_local/<name>` and a command of that name. */
export const ACTIONS = {
  'kill-task': {
    about: 'Ends a container at once, as if it died by itself',
    body: z.strictObject({ task: id('task'), signal: z.enum(['SIGKILL', 'SIGTERM', 'SIGSTOP', 'SIGCONT']).default('SIGKILL') }),
    example: { task: '5d0c' },
  },
  'kill-host': {
    about: 'A host dies with its disk and its tasks, and ECS is told if its agent is not silent; its group launches another',
    body: z.strictObject({ host: id('host') }),
    example: { host: '81f3' },
  },
  'drain-host': {
    about: 'A host takes no new tasks, and rings move their nodes off it where others have room',
    body: z.strictObject({ host: id('host') }),
    example: { host: '81f3' },
  },
  'activate-host': { about: 'A host takes tasks again', body: z.strictObject({ host: id('host') }), example: { host: '81f3' } },
  'lose-az': {
    about: 'All hosts of an AZ die, and none comes until it is restored',
    body: z.strictObject({ az }),
    example: { az: 'us-east-1a' },
  },
  'restore-az': { about: 'Hosts come again in a lost AZ', body: z.strictObject({ az }), example: { az: 'us-east-1a' } },
  'disconnect-agent': {
    about: "A host's agent goes silent: its tasks run on, and nothing is told of them",
    body: z.strictObject({ host: id('host') }),
    example: { host: '81f3' },
  },
  'reconnect-agent': {
    about: 'A silent agent is back, and tells what became of its tasks',
    body: z.strictObject({ host: id('host') }),
    example: { host: '81f3' },
  },
  'kill-function': {
    about: 'Ends the workers that run a function now, in the middle of what they do',
    body: z.strictObject({ function: z.string().describe('its name in the template, or the end of it') }),
    example: { function: 'step' },
  },
  'disturb-calls': {
    about: 'Fails, slows or throttles calls of AWS that functions make, before or after they took effect',
    body: CallFault,
    example: { service: 'ecs', operation: 'RunTask', every: 3, error: 'ServerException', status: 500, effect: 'after' },
  },
  'disturb-events': {
    about: 'Drops, duplicates, delays or reorders events of ECS on their way to the rules',
    body: EventFault,
    example: { action: 'drop', share: 0.3, seed: 7, pattern: { 'detail-type': ['ECS Task State Change'] } },
  },
  'move-clock': {
    about: 'Moves the clock of the whole cloud forward; what would have become due meanwhile is due at once',
    body: z.strictObject({
      forward_seconds: z
        .number()
        .gt(0, 'only forward: what has happened cannot be taken back')
        .max(30 * 86_400),
    }),
    example: { forward_seconds: 3600 },
  },
} as const
export type ActionName = keyof typeof ACTIONS
export type Body<N extends ActionName> = z.output<(typeof ACTIONS)[N]['body']>

export const isAction = (name: string): name is ActionName => Object.hasOwn(ACTIONS, name)
