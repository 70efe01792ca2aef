/**
 * Entry of the worker threads that functions run in. It does what Lambda's Node runtime does, one invocation after another.
 * Plain JavaScript, because every thread that loads TypeScript loads a compiler first: 30 ms of each cold start.
 * @import { FunctionError, Invocation, WorkerMessage, WorkerStart } from './protocol.ts'
 */
import { parentPort, workerData } from 'node:worker_threads'
import { moveDate } from './moved-date.mjs'

/** @type {WorkerStart} */
const start = workerData
/** @param {WorkerMessage} message */
const post = (message) => parentPort?.postMessage(message)

/** @param {unknown} error @returns {FunctionError} */
function describe(error) {
  if (!Error.isError(error)) return { errorType: typeof error, errorMessage: String(error), trace: [] }
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') }
}

async function load() {
  const bundle = await import(start.bundle)
  const handler = start.overrides ? bundle.createHandler((await import(start.overrides)).deps) : bundle[start.handler]
  if (typeof handler !== 'function') throw new TypeError(`${start.bundle} exports no function ${start.handler}`)
  return handler
}

/** https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html @param {Invocation} invocation */
function contextOf(invocation) {
  // Not by the date: that may be moved while the function runs.
  const ends = performance.now() + invocation.timeoutMs
  return {
    awsRequestId: invocation.requestId,
    callbackWaitsForEmptyEventLoop: true,
    functionName: invocation.functionName,
    functionVersion: '$LATEST',
    getRemainingTimeInMillis: () => Math.max(0, ends - performance.now()),
    invokedFunctionArn: invocation.functionArn,
    logGroupName: `/aws/lambda/${invocation.functionName}`,
    logStreamName: 'local',
    memoryLimitInMB: String(invocation.memoryMiB),
  }
}

/** @param {(event: unknown, context: object) => unknown} handler @param {Invocation} invocation @returns {Promise<WorkerMessage>} */
async function run(handler, invocation) {
  const { requestId } = invocation
  const before = process.threadCpuUsage()
  try {
    const result = await handler(JSON.parse(invocation.event), contextOf(invocation))
    // A handler without a result answers null, as JSON has no undefined.
    const { user, system } = process.threadCpuUsage(before)
    return { requestId, result: JSON.stringify(result) ?? 'null', cpuMs: (user + system) / 1000 }
  } catch (error) {
    return { requestId, error: describe(error) }
  }
}

if (start.ahead) moveDate(new Float64Array(start.ahead))
try {
  const handler = await load()
  parentPort?.on('message', (invocation) => void run(handler, invocation).then(post))
  post({ ready: true })
} catch (error) {
  post({ error: describe(error) })
}
