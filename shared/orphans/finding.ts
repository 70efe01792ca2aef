import { THING_KINDS } from './things.ts'

/**
 * What there is of a kind that should not be: on AWS what no cluster wants (the kinds of things), and in the table `missing`, what is
 * noted and is not on AWS; `node`, a record of a cluster that is gone; `quota`, a counter that differs from what it counts;
 * `operation`, one that runs and that nobody works on; `unscheduled`, a cluster that nobody will look at again; `overdue`, what the
 * sweep did not come to.
 */
export const FINDING_KINDS = [...THING_KINDS, 'missing', 'node', 'quota', 'operation', 'unscheduled', 'overdue'] as const
export type FindingKind = (typeof FINDING_KINDS)[number]

/** What puts it right. */
export type Repair =
  /** The loop looks again, having forgotten what it had noted: it makes it, or takes it back. */
  | { how: 'look-again'; forget: string[] }
  | { how: 'end-operation'; succeeded: boolean; message: string }
  /** Adds to the counters, by their names. */
  | { how: 'count'; add: Record<string, number>; seen: Record<string, number> }
  /** Taken away: its cluster is gone for good, and the loop does not look for such a thing. */
  | { how: 'take-away' }
  /** Nothing proves that its cluster is gone but that it is not there: taken away when somebody names the cluster. */
  | { how: 'when-named' }
  /** A person has to. */
  | { how: 'none' }

export interface Finding {
  kind: FindingKind
  /** What it is about: an ARN, a name, an id. */
  id: string
  tenant?: string
  cluster?: string
  /** Why it should not be. */
  detail: string
  repair: Repair
}
