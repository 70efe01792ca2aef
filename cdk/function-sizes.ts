import type { FunctionName } from '../shared/platform/env.ts'
import { STEP_TIMEOUT_SECONDS } from '../shared/reconcile/graph.ts'

interface Size {
  memoryMib: number
  timeoutSeconds: number
}
/** A function ends before whoever waits for it gives up: the API before API Gateway's 30 s, a step before its state, the ring before its step. */
export const FUNCTION_SIZES: Record<FunctionName, Size> = {
  api: { memoryMib: 1024, timeoutSeconds: 29 },
  observe: { memoryMib: 1024, timeoutSeconds: STEP_TIMEOUT_SECONDS - 5 },
  step: { memoryMib: 1024, timeoutSeconds: STEP_TIMEOUT_SECONDS - 5 },
  ring: { memoryMib: 1024, timeoutSeconds: STEP_TIMEOUT_SECONDS - 20 },
  // Its caller, the API, has an answer to give yet.
  preview: { memoryMib: 512, timeoutSeconds: 10 },
  wake: { memoryMib: 512, timeoutSeconds: 30 },
  sweep: { memoryMib: 512, timeoutSeconds: 55 },
  outbox: { memoryMib: 512, timeoutSeconds: 60 },
  deliver: { memoryMib: 512, timeoutSeconds: 60 },
  // As long as there is: it goes through all there is, without haste.
  orphans: { memoryMib: 512, timeoutSeconds: 900 },
}
