import { createHash } from 'node:crypto'
import { existsSync, readlinkSync } from 'node:fs'
import { basename } from 'node:path'
import type { Launch } from './driver.ts'
import { isAlive, ownIdentity } from './process-identity.ts'

/** Whose containers they are, and where what they write lies. */
export interface DockerPlace {
  dataDir: string
  /** Whether another local cloud may come back to them. */
  kept: boolean
}

export const LABEL = {
  /** Of which local cloud, known by its directory. */
  cloud: 'ringhold.local-cloud',
  directory: 'ringhold.directory',
  kept: 'ringhold.kept',
  /** The process that started it: its pid namespace, boot, pid and start time. */
  owner: 'ringhold.owner',
  /** Of a container that is a host's place in the network: which host. */
  holder: 'ringhold.host',
  task: 'ringhold.task',
  launch: 'ringhold.launch',
  /** Where its own output begins in the task's log, which holds that of earlier launches too. */
  logStart: 'ringhold.log-start',
} as const

export const cloudId = ({ dataDir }: DockerPlace): string => createHash('sha256').update(dataDir).digest('hex').slice(0, 16)

/** Names are unique in an Engine: a launch has at most one container. */
export const nameOf = (place: DockerPlace, launch: Launch): string =>
  `ringhold-${cloudId(place)}-${basename(launch.directory)}-${launch.number}`

const namespace = (): string => readlinkSync('/proc/self/ns/pid')

function owner(): string {
  const { bootId, pid, startTicks } = ownIdentity()
  return [namespace(), bootId, pid, startTicks].join(' ')
}

/** Whether the process that started a container has ended for sure; of another pid namespace nothing is sure. */
function ownerIsDead(label: string): boolean {
  const [space, bootId = '', pid, startTicks = ''] = label.split(' ')
  return space === namespace() && !isAlive({ bootId, pid: Number(pid), startTicks })
}

/** What everything of a local cloud carries. */
export const placeLabels = (place: DockerPlace): Record<string, string> => ({
  [LABEL.cloud]: cloudId(place),
  [LABEL.directory]: place.dataDir,
  [LABEL.kept]: String(place.kept),
  [LABEL.owner]: owner(),
})

export const labelsOf = (place: DockerPlace, launch: Launch, logStart: number): Record<string, string> => ({
  ...placeLabels(place),
  [LABEL.task]: launch.taskArn,
  [LABEL.launch]: String(launch.number),
  [LABEL.logStart]: String(logStart),
})

/**
 * Whether nobody comes back to it: its cloud kept nothing and is dead, or what it kept is gone. Containers of kept data run on
 * after a kill -9, as processes do.
 */
export function isOrphan({
  [LABEL.owner]: owner = '',
  [LABEL.kept]: kept,
  [LABEL.directory]: directory = '',
}: Record<string, string>): boolean {
  return ownerIsDead(owner) && (kept !== 'true' || !existsSync(directory))
}
