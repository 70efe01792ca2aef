/** Asks until there is an answer. @throws what was waited for, when there is none in time */
export async function until<T>(what: string, ask: () => Promise<T | undefined> | T | undefined, timeoutMs = 30_000): Promise<T> {
  const end = Date.now() + timeoutMs
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    if (Date.now() > end) throw new Error(`waited ${timeoutMs / 1000} s until ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
