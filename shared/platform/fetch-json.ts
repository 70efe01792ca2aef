/** Reads a JSON document of somebody else's. */
export type FetchJson = (url: string) => Promise<unknown>

const LONGEST_WAIT_MS = 3_000

/**
 * Follows no redirects: the address is one that somebody has decided on.
 * @param allows which addresses may be asked
 */
export const jsonFetcher =
  (allows: (url: URL) => boolean): FetchJson =>
  async (text) => {
    const url = new URL(text)
    if (!allows(url)) throw new Error(`${url.origin} may not be asked`)
    const answer = await fetch(url, {
      redirect: 'error',
      signal: AbortSignal.timeout(LONGEST_WAIT_MS),
      headers: { accept: 'application/json' },
    })
    if (!answer.ok) throw new Error(`${url.href} answered ${answer.status}`)
    return answer.json()
  }

export const overHttps: FetchJson = jsonFetcher((url) => url.protocol === 'https:')
