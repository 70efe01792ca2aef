import type { Waiting } from './observed.ts'

/** Why a cluster is not (or no longer) ready, as API, CLI and console show it verbatim: clauses that can follow "waiting for". */
const REASONS = {
  PreparingResources: 'its credentials, network and task definition',
  LaunchingNodes: 'its nodes to be launched',
  WaitingForCapacity: 'room on the hosts',
  WaitingForNodes: 'its nodes to run',
  FormingRing: 'every node to agree on the ring',
  DataLost: 'data of which no copy is left',
  BackingOff: 'the next try of a step that failed',
  MovingNodes: 'nodes to stand where they should',
  StoppingNodes: 'its nodes to stop',
  RemovingResources: 'its network, names, credentials and task definition to be removed',
} as const
export type Reason = keyof typeof REASONS

export const waiting = (reason: Reason, detail?: string): Waiting => ({
  reason,
  message: detail ? `${REASONS[reason]} (${detail})` : REASONS[reason],
})
