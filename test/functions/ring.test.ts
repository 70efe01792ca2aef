import { createHandler } from '../../functions/ring.ts'
import { packViews } from '../../shared/engines/packed-views.ts'

const pair = { current: 'OldSecret', next: 'NewSecret' }
const credentials = { control: pair, replication: pair, tenant: pair }
/** Nothing listens here. */
const target = { ordinal: 0, shard: 0, role: 'primary', address: '127.255.255.254', ports: { client: 1, peers: 1, bus: 1 } }
const probe = { action: 'probe', engine: 'valkey', targets: [target], credentials, timeout_ms: 200 }
const act = {
  action: 'act',
  engine: 'redis',
  step: 'FormRing',
  targets: [target],
  credentials,
  ever_ready: false,
  may_lose: false,
  ordinals: [0],
  not_after: 0,
}

describe('the function ring', () => {
  it('answers a probe with a view of every target, and why it has none', async () => {
    expect(await createHandler()(probe)).toEqual({
      views: packViews([{ ordinal: 0, reachable: false, reason: expect.stringContaining('ECONNREFUSED') }]),
    })
  })

  it('touches no node after the moment it was given', async () => {
    expect(await createHandler({ now: () => 1 })(act)).toMatchObject({ done: false, views: packViews([]) })
  })

  it('does not form less than was asked for', async () => {
    const answer = await createHandler()({ ...act, ordinals: [0, 1], not_after: Date.now() + 1000 })
    expect(answer).toEqual({ done: false, waitingFor: 'every member to run', views: packViews([]) })
  })

  it.each([
    { ...probe, engine: 'cassandra' },
    { ...probe, timeout_ms: 'soon' },
    { ...act, step: 'DropAllData' },
    { ...act, credentials: { control: pair } },
  ])('refuses what is no request without repeating a secret', async (request) => {
    const refusal = await createHandler()(request).then(
      () => 'answered',
      (error: unknown) => (Error.isError(error) ? `${error.message} ${error.stack}` : ''),
    )
    expect(refusal).not.toBe('answered')
    expect(refusal).not.toContain('Secret')
  })
})
