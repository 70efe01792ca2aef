/** What a function's worker thread is started with. */
export interface WorkerStart {
  /** File URL of the deployed bundle. */
  bundle: string
  /** The export the template names. */
  handler: string
  /** File URL of a module whose `deps` go to the bundle's `createHandler`, in place of `handler`. */
  overrides: string | undefined
  /** How far its clock is ahead of the machine's, in milliseconds: one float64, which may change at any time. */
  ahead: SharedArrayBuffer | undefined
}

/** One invocation, to the worker. */
export interface Invocation {
  requestId: string
  /** JSON. */
  event: string
  functionName: string
  functionArn: string
  memoryMiB: number
  timeoutMs: number
}

/** An error as a function's answer carries it: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html */
export interface FunctionError {
  errorType: string
  errorMessage: string
  trace?: string[]
}

/** From the worker: its code is loaded; the result of an invocation as JSON, and how long it computed for it; or an error. Without `requestId` it never got ready. */
export type WorkerMessage =
  | { ready: true }
  | { requestId: string; result: string; cpuMs: number }
  | { requestId?: string; error: FunctionError }
