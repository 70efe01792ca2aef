import { hostsOfLate } from '../../../shared/platform/hosts.ts'

const host = (arn: string) => ({ arn, capacityProvider: 'small', takesTasks: true, free: { cpu_units: 1, memory_mib: 1 }, tasks: 0 })

describe('the hosts of late', () => {
  it('are read once in five seconds however often they are asked for, and again after a failure', async () => {
    let now = 0
    let reads = 0
    const hosts = hostsOfLate(
      async () => {
        reads += 1
        if (reads === 2) throw new Error('throttled')
        return [host(`read ${reads}`)]
      },
      { now: () => now },
    )
    for (const moment of [0, 1_000, 4_999]) {
      now = moment
      expect(await hosts()).toEqual([host('read 1')])
    }
    now = 5_000
    await expect(hosts()).rejects.toThrow('throttled')
    expect(await hosts()).toEqual([host('read 3')])
    expect(reads).toBe(3)
  })
})
