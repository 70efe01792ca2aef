import pc from 'picocolors'

const { NO_COLOR, FORCE_COLOR, TERM } = process.env

/** Whether lines may move: a person looks at a terminal that can, and did not ask for plain text (https://no-color.org). */
export const lively = process.stdout.isTTY === true && !NO_COLOR && TERM !== 'dumb'

/** Colours where they can be seen; unlike picocolors' own default, also a CI without a terminal gets plain text. */
export const colors = pc.createColors(!NO_COLOR && (lively || Boolean(FORCE_COLOR)))
