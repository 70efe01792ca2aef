import { sideBySide } from '../../../shared/platform/side-by-side.ts'

const soon = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 2))

describe('side by side', () => {
  it('has no more under way than it may, and answers in order', async () => {
    let now = 0
    let most = 0
    const run = async (n: number): Promise<number> => {
      now += 1
      most = Math.max(most, now)
      await soon()
      now -= 1
      return n * 2
    }
    expect(await sideBySide([1, 2, 3, 4, 5, 6, 7], run, 3)).toEqual([2, 4, 6, 8, 10, 12, 14])
    expect(most).toBe(3)
  })

  it('leaves nothing under way when something fails, and says what failed first', async () => {
    const done: number[] = []
    const run = async (n: number): Promise<void> => {
      if (n < 3) throw new Error(`${n} failed`)
      await soon()
      done.push(n)
    }
    await expect(sideBySide([1, 2, 3, 4, 5], run, 2)).rejects.toThrow('1 failed')
    expect(done).toEqual([3, 4, 5])
  })

  it('does nothing with nothing', async () => {
    expect(await sideBySide([], soon)).toEqual([])
  })
})
