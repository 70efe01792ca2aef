/** For a function that believes it is an hour and a half later: what was just made has been there for long. */
const AHEAD_MS = 5_400_000

export const deps = {
  clock: {
    now: (): number => Date.now() + AHEAD_MS,
    sleep: (): Promise<void> => Promise.resolve(),
  },
}
