import type { IncomingHttpHeaders } from 'node:http'

/** Names that only this machine answers to; anything else in Host is a name that somebody made point here. */
const OWN = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/

export const isOwnHost = (host = ''): boolean => OWN.test(host)

/**
 * What a browser says of who asks, and programs do not: https://www.w3.org/TR/fetch-metadata/. Not Sec-Fetch-Mode, which a browser never
 * sends alone, and which Node's fetch does.
 */
const OF_PAGES = ['origin', 'sec-fetch-site', 'sec-fetch-dest', 'sec-fetch-user']

/** Whether a page in a browser asks, be it one of this machine. */
export const isOfPage = (headers: IncomingHttpHeaders): boolean => OF_PAGES.some((name) => headers[name] !== undefined)
