const WORD_OR_ID = /^(?:[a-z][a-z0-9_.-]{0,24}|[a-z]{2,3}_[0-9a-z]{26}|)$/
const LONG_RUN = /[\w+/=%-]{31,}/g

/** A path as it may be kept: a segment that is neither a word nor an id may be a secret that somebody pasted. */
export const maskedPath = (path: string): string =>
  path
    .split('/')
    .map((segment) => (WORD_OR_ID.test(segment) ? segment : '...'))
    .join('/')

/** Text of a caller's as it may be kept: keys, webhook secrets and passwords are longer runs than any word. */
export const maskedText = (text: string): string => text.replaceAll(LONG_RUN, '...')
