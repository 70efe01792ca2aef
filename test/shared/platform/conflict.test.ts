import { pastConflicts } from '../../../shared/platform/conflict.ts'
import { TransactionRefused } from '../../../shared/platform/tenant-table.ts'

const clock = { now: () => 0, sleep: async () => undefined }
const refusing = (refusals: string[][]) => {
  const calls = { count: 0 }
  const transact = async () => {
    const reasons = refusals[calls.count++]
    if (reasons) throw new TransactionRefused(reasons, undefined)
    return 'done'
  }
  return { calls, transact }
}

describe('a transaction', () => {
  it('is tried again while others stand in its way', async () => {
    const { transact, calls } = refusing([
      ['None', 'TransactionConflict'],
      ['TransactionConflict', 'TransactionConflict'],
    ])
    expect(await pastConflicts(clock, transact)).toBe('done')
    expect(calls.count).toBe(3)
  })

  it('whose condition does not hold is refused at once', async () => {
    const { transact, calls } = refusing([['ConditionalCheckFailed', 'TransactionConflict']])
    await expect(pastConflicts(clock, transact)).rejects.toMatchObject({ reasons: ['ConditionalCheckFailed', 'TransactionConflict'] })
    expect(calls.count).toBe(1)
  })

  it('is given up in the end', async () => {
    const { transact, calls } = refusing(Array(100).fill(['TransactionConflict']))
    await expect(pastConflicts(clock, transact)).rejects.toThrow(TransactionRefused)
    expect(calls.count).toBe(8)
  })
})
