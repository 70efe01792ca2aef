/** Entry of the worker threads that functions run in. It does what Lambda's Node runtime does, one invocation after another. */
import { parentPort, workerData } from 'node:worker_threads'
import type { FunctionError, Invocation, WorkerMessage, WorkerStart } from './protocol.ts'

type Handler = (event: unknown, context: object) => unknown

const start: WorkerStart = workerData
const post = (message: WorkerMessage): void => parentPort?.postMessage(message)

function describe(error: unknown): FunctionError {
  if (!Error.isError(error)) return { errorType: typeof error, errorMessage: String(error), trace: [] }
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') }
}

async function load(): Promise<Handler> {
  const bundle = await import(start.bundle)
  const handler = start.overrides ? bundle.createHandler((await import(start.overrides)).deps) : bundle[start.handler]
  if (typeof handler !== 'function') throw new TypeError(`${start.bundle} exports no function ${start.handler}`)
  return handler
}

/** https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html */
function contextOf(invocation: Invocation): object {
  const ends = Date.now() + invocation.timeoutMs
  return {
    awsRequestId: invocation.requestId,
    callbackWaitsForEmptyEventLoop: true,
    functionName: invocation.functionName,
    functionVersion: '$LATEST',
    getRemainingTimeInMillis: () => Math.max(0, ends - Date.now()),
    invokedFunctionArn: invocation.functionArn,
    logGroupName: `/aws/lambda/${invocation.functionName}`,
    logStreamName: 'local',
    memoryLimitInMB: String(invocation.memoryMiB),
  }
}

async function run(handler: Handler, invocation: Invocation): Promise<WorkerMessage> {
  const { requestId } = invocation
  try {
    const result = await handler(JSON.parse(invocation.event), contextOf(invocation))
    // A handler without a result answers null, as JSON has no undefined.
    return { requestId, result: JSON.stringify(result) ?? 'null' }
  } catch (error) {
    return { requestId, error: describe(error) }
  }
}

try {
  const handler = await load()
  parentPort?.on('message', (invocation: Invocation) => void run(handler, invocation).then(post))
  post({ ready: true })
} catch (error) {
  post({ error: describe(error) })
}
