import { forgetGone } from '../../../functions/sweep/gone-hosts.ts'
import type { SilentHost } from '../../../shared/platform/hosts.ts'

const hosts = ['one', 'two', 'three'].map((arn): SilentHost => ({ arn, instance: `i-${arn}`, registered_at: 0 }))

/** What was logged, with EC2 and ECS as they are thought to be. */
async function forgotten(goneHosts: Parameters<typeof forgetGone>[0]['goneHosts']): Promise<unknown[]> {
  const lines: unknown[] = []
  const log = {
    info: (message: string, fields?: object) => void lines.push([message, fields]),
    warn: (message: string, fields?: object) => void lines.push([message, fields]),
    error: (message: string, error: unknown) => void lines.push([message, String(error)]),
  }
  await forgetGone({ goneHosts, log }, hosts, 0)
  return lines
}

describe('a host that is gone', () => {
  it('is told of by its arn and its id in EC2 when it is taken off the books, and otherwise where somebody else was quicker', async () => {
    expect(
      await forgotten({
        among: async ([first, second]) => [first, second].flatMap((host) => host ?? []),
        deregister: async (arn) => arn === 'one',
      }),
    ).toEqual([
      ['a host that is gone is taken off the books', { host: 'one', instance: 'i-one' }],
      ['a host that is gone was off the books already', { host: 'two', instance: 'i-two' }],
    ])
  })

  it('keeps no other on the books by a failure, and fails nobody', async () => {
    const deregister = async (arn: string): Promise<boolean> => {
      if (arn === 'one') throw new Error('throttled')
      return true
    }
    const failed = 'hosts that are gone could not be told, or not be taken off the books'
    expect(await forgotten({ among: async (silent) => silent, deregister })).toEqual([
      ['a host that is gone is taken off the books', { host: 'two', instance: 'i-two' }],
      ['a host that is gone is taken off the books', { host: 'three', instance: 'i-three' }],
      [failed, 'Error: throttled'],
    ])
    const away = () => Promise.reject(new Error('EC2 is away'))
    expect(await forgotten({ among: away, deregister })).toEqual([[failed, 'Error: EC2 is away']])
  })
})
