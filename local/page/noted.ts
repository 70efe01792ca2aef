import { AwsError, type AwsResponse } from '../aws/service.ts'
import type { SeenCall } from '../faults/call-faults.ts'
import type { CallEntry, Recent } from './activity.ts'

/** Makes the call, and writes down how it ended. Answers' bodies are not looked at. */
export async function noted(
  calls: Recent<CallEntry>,
  { by, service, operation }: SeenCall,
  make: () => Promise<AwsResponse>,
): Promise<AwsResponse> {
  const start = performance.now()
  const note = (status: number, error?: string): void =>
    calls.add({ at: Date.now(), by, service, operation, status, error, ms: Math.round(performance.now() - start) })
  try {
    const answer = await make()
    note(answer.status, answer.headers['x-amzn-errortype'])
    return answer
  } catch (error) {
    note(error instanceof AwsError ? error.status : 500, error instanceof AwsError ? error.code : 'InternalFailure')
    throw error
  }
}
