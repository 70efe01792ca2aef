import { randomUUID } from 'node:crypto'
import * as z from 'zod'
import { AwsError, type AwsRequest, type AwsResponse, type AwsService } from './service.ts'

/** One operation: its input is parsed strictly (a member that the model does not know is refused by name), then answered. */
export interface JsonOperation {
  call(input: unknown, caller: string): Promise<object>
}

export function operation<S extends z.ZodType>(
  schema: S,
  run: (input: z.infer<S>, caller: string) => Promise<object> | object,
): JsonOperation {
  return {
    call: async (input, caller) => {
      const parsed = schema.safeParse(input)
      if (!parsed.success) throw new AwsError('ValidationException', `not in the local model: ${z.prettifyError(parsed.error)}`)
      return run(parsed.data, caller)
    },
  }
}

function answer(status: number, body: object, contentType: string, headers: Record<string, string> = {}): AwsResponse {
  return { status, headers: { 'content-type': contentType, 'x-amzn-requestid': randomUUID(), ...headers }, body: JSON.stringify(body) }
}

/**
 * AWS JSON 1.0 and 1.1 (https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html): the operation is in `X-Amz-Target`.
 * An operation without a model fails with its name.
 */
export function jsonService(signingName: string, targetPrefix: string, operations: Record<string, JsonOperation>): AwsService {
  async function handle(request: AwsRequest): Promise<AwsResponse> {
    const contentType = request.headers['content-type'] ?? 'application/x-amz-json-1.1'
    const [prefix, name = ''] = (request.headers['x-amz-target'] ?? '').split('.')
    try {
      const found = prefix === targetPrefix && Object.hasOwn(operations, name) ? operations[name] : undefined
      if (!found)
        throw new AwsError('UnknownOperationException', `${signingName} has no local model of ${name || 'a call without X-Amz-Target'}`)
      return answer(200, await found.call(request.json(), request.caller), contentType)
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      return answer(error.status, { __type: error.code, message: error.message }, contentType, { 'x-amzn-errortype': error.code })
    }
  }
  return { signingName, handle }
}
