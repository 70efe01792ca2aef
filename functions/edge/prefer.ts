/** Seconds that an answer is held at most: API Gateway gives up after 30. */
export const LONGEST_WAIT_SECONDS = 20

const PREFERENCE = /^\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*(?:=\s*"?(\d{1,9})"?\s*)?(?:;.*)?$/

/**
 * The seconds of `Prefer: wait=N`, at most {@link LONGEST_WAIT_SECONDS}. Of several the first counts; what is not of that form,
 * or another preference, is no error and is not heeded (RFC 7240, 2).
 */
export function waitOf(header: string | undefined): number | undefined {
  for (const part of (header ?? '').split(',')) {
    const [, name = '', value] = PREFERENCE.exec(part) ?? []
    if (name.toLowerCase() !== 'wait') continue
    const seconds = Math.min(LONGEST_WAIT_SECONDS, Number(value ?? 0))
    return seconds > 0 ? seconds : undefined
  }
  return undefined
}
