import type { NodeRecord } from '../clusters/node-record.ts'
import type { ClusterRecord } from '../clusters/record.ts'
import type { Member, NodeView, RingPlan } from '../engines/engine.ts'
import type { OperationRecord } from '../operations/record.ts'
import type { Task } from '../platform/containers.ts'
import type { Outcome, Step } from './model.ts'

/** A member and all that is known of it; `record` is absent until it was first launched. */
export interface ObservedNode {
  member: Member
  record?: NodeRecord
  /** `unknown`: ECS was asked for a task and does not know it (yet, or any more). */
  task: Task | 'unknown' | 'none'
}

/** Everything the planner may look at, read once. */
export interface Observed {
  cluster: ClusterRecord
  operation?: OperationRecord
  nodes: ObservedNode[]
  /** Tasks of this cluster that no record claims. */
  strays: Task[]
  /** What the engine makes of the views of the nodes that run; absent when no node could be asked. */
  ring?: RingPlan
  views: NodeView[]
  /** What to do about members of a formed ring that do not stand where they should; absent when all do. */
  leave?: Leave
}

/** Ordinals: who is to hand over first, and who may be stopped now, since there is room for its successor. */
export interface Leave {
  leaving: number[]
  handOver: number[]
  stop?: number
}

/** What is waited for: `reason` from the closed list of conditions.ts, `message` a clause that can follow "waiting for". */
export interface Waiting {
  reason: string
  message: string
  /** It serves all the same. */
  serves?: true
}

export type Plan =
  | { decision: 'act'; steps: Step[]; waiting: Waiting }
  | { decision: 'pause'; seconds: number; waiting: Waiting }
  /** The operation cannot succeed: take everything back. */
  | { decision: 'give-up'; failure: { code: string; message: string } }
  /** The lease is given back; `dueAt` (RFC 3339) is the latest moment to look again. */
  | { decision: 'settle'; outcome: Outcome; dueAt: string | null; waiting?: Waiting }
