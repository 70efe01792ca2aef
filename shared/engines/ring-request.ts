import * as z from 'zod'
import { Credentials, RING_STEPS, Target } from './engine.ts'
import { UnpackedViews } from './packed-views.ts'
import { EngineName } from './specs.ts'

const subject = { engine: EngineName, targets: z.array(Target), credentials: Credentials }

/** What `functions/ring` is asked. It carries credentials, so it only ever is the payload of a direct call. */
export const RingRequest = z.discriminatedUnion('action', [
  z.object({ action: z.literal('probe'), ...subject, timeout_ms: z.int() }),
  z.object({
    action: z.literal('act'),
    ...subject,
    step: z.enum(RING_STEPS),
    ever_ready: z.boolean(),
    may_lose: z.boolean(),
    ordinals: z.array(z.int()),
    /** Epoch milliseconds. */
    not_after: z.int(),
  }),
])
export type RingRequest = z.infer<typeof RingRequest>

export const ProbeAnswer = z.object({ views: UnpackedViews })
export type ProbeAnswer = z.infer<typeof ProbeAnswer>

/** A step's answer: `done: false` says what it still waits for. */
export const ActAnswer = z.discriminatedUnion('done', [
  z.object({ done: z.literal(true), views: UnpackedViews }),
  z.object({ done: z.literal(false), waitingFor: z.string(), views: UnpackedViews }),
])
export type ActAnswer = z.infer<typeof ActAnswer>
