import { changeCluster, LEASE_MS, STEP_ACTS_MS } from '../../../shared/clusters/lease.ts'
import { isoTime } from '../../../shared/platform/clock.ts'
import { sk } from '../../../shared/platform/table.ts'
import type { Decision, Step } from '../../../shared/reconcile/model.ts'
import { type GivenLoop, givenLoop } from '../../support/given-loop.ts'

let loop: GivenLoop
beforeAll(async () => {
  loop = await givenLoop()
})
afterAll(() => loop.stop())

const CREDENTIALS: Step = { name: 'CreateCredentials', ordinals: [] }
async function looked(id: string): Promise<Decision> {
  await loop.cluster(id)
  return loop.observe(id)
}

test('a step that comes when its lease is about to run out does nothing: the next holder may be at work before it ends', async () => {
  const decision = await looked('clu_late')
  loop.clock.skip(LEASE_MS - STEP_ACTS_MS + 1)
  await loop.step(decision, CREDENTIALS)
  expect((await loop.read('clu_late')).resources).toEqual({})
  await loop.step(await loop.observe('clu_late'), CREDENTIALS)
  expect((await loop.read('clu_late')).resources).toEqual({ credentials_parameter: '/cell/clusters/clu_late/credentials' })
})

test('a step of an older fence or of what is no longer wanted does nothing, and neither does the note that it failed', async () => {
  const decision = await looked('clu_old')
  await loop.step({ ...decision, fence: decision.fence - 1 }, CREDENTIALS)
  await loop.step({ ...decision, generation: decision.generation + 1 }, CREDENTIALS)
  const throws = loop.deps.secrets
  loop.deps.secrets = { ...throws, createIfAbsent: () => Promise.reject(new Error('broken')) }
  await changeCluster(loop.table, 'clu_old', {
    update: 'SET generation = :two, failures = :none',
    values: { ':two': 2, ':none': {} },
  })
  await loop.step(decision, CREDENTIALS)
  loop.deps.secrets = throws
  expect(await loop.read('clu_old')).toMatchObject({ resources: {}, failures: {} })
})

test("what a step failed with is told in short: its own text may be long, and name what is none of a tenant's business", async () => {
  const decision = await looked('clu_long')
  const { secrets } = loop.deps
  loop.deps.secrets = { ...secrets, createIfAbsent: () => Promise.reject(new Error('x'.repeat(30_000))) }
  await loop.step(decision, CREDENTIALS)
  loop.deps.secrets = secrets
  const told = "it failed with Error; the platform's log says why"
  expect((await loop.read('clu_long')).failures.CreateCredentials?.message).toBe(told)
  expect(await loop.table.get(sk.operation('op_clu_long'))).toMatchObject({
    steps: { CreateCredentials: { state: 'failed', detail: told } },
  })
})

test('a name is not published for a cluster that was taken over or deleted while its nodes were read', async () => {
  const decision = await looked('clu_named')
  const published: string[] = []
  loop.deps.names = { ...loop.deps.names, publish: async (name) => void published.push(name) }
  const record = { tenant_id: 'ten_a', cluster_id: 'clu_named', id: 'nod_0', ordinal: 0, shard: 0, role: 'primary', az: 'a', attempt: 1 }
  const at = isoTime(loop.clock.now())
  await loop.table.put(sk.node('clu_named', 0), {
    ...record,
    request: '{}',
    ports: { client: 6379, peers: 6379, bus: 16379 },
    address: '10.0.0.1',
    created_at: at,
    updated_at: at,
  })
  loop.dynamo.documents.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const answer = await next(args)
        if (String(commandName).startsWith('Query'))
          await changeCluster(loop.table, 'clu_named', { update: 'SET generation = :two', values: { ':two': 2 } })
        return answer
      },
    { step: 'initialize', name: 'deletes' },
  )
  await loop.step(decision, { name: 'PublishNames', ordinals: [] })
  loop.dynamo.documents.middlewareStack.remove('deletes')
  expect(published).toEqual([])
})
