/**
 * Runs a function, by name or ARN, and waits for its answer; with `functionError` the payload describes the error.
 * Rejects with an AwsError where Lambda itself refuses.
 */
export type Invoke = (functionNameOrArn: string, payload: unknown) => Promise<{ payload: unknown; functionError?: string }>
