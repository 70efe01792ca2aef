/**
 * What a tenant is told of a failure. AWS' own texts name our account, roles and hosts: the log has them whole, the
 * tenant gets what it can act on.
 */

/** What to say of errors that have a meaning for a tenant; the message of the first was written for one. */
const SENTENCES: Record<string, (message: string) => string> = {
  NotPlaced: (message) => message,
  SecretMissing: () => 'its credentials are missing',
  OthersFirst: (message) => message,
  'States.Timeout': () => 'it took too long',
}
/** It is kept in two items. */
const LONGEST = 500

/** @param code the error's name, as Lambda or Step Functions passes it on */
export function toldOfStep(code: string, message: string): string {
  return (SENTENCES[code]?.(message) ?? `it failed with ${code}; the platform's log says why`).slice(0, LONGEST)
}

/** Ends of tasks that never became a node: secrets or images that the host could not have then are to be had later. */
export const neverStarted = (stoppedReason: string | undefined): boolean =>
  /^(ResourceInitializationError|CannotPull\w*Error)/.test(stoppedReason ?? '')

/**
 * Of a stopped task: the kind of its end. ECS writes `Kind: details` or a sentence of its own.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
 */
export const toldOfStop = (stoppedReason: string | undefined): string =>
  stoppedReason?.split(':')[0]?.slice(0, LONGEST) ?? 'no reason given'
