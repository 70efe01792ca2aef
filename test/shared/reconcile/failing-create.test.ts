import { credentialsParameter, securityGroupName } from '../../../shared/clusters/naming.ts'
import { readNodes } from '../../../shared/clusters/nodes.ts'
import { sk } from '../../../shared/platform/table.ts'
import type { StepDeps } from '../../../shared/reconcile/deps.ts'
import { type GivenLoop, givenLoop } from '../../support/given-loop.ts'

const broken = () => Promise.reject(Object.assign(new Error('it is broken'), { name: 'Broken' }))
/** What may never work, and what the tenant is told that the cluster was waiting for. */
const BREAKAGES: [string, RegExp, (deps: StepDeps) => Partial<StepDeps>][] = [
  ['credentials', /CreateCredentials/, ({ secrets }) => ({ secrets: { ...secrets, createIfAbsent: broken } })],
  ['a security group', /OpenNetwork/, ({ network }) => ({ network: { ...network, ensureGroup: broken } })],
  ['opening it', /OpenNetwork/, ({ network }) => ({ network: { ...network, open: broken } })],
  ['a task definition', /DefineTask/, ({ containers }) => ({ containers: { ...containers, register: broken } })],
  ['a launch', /LaunchNodes/, ({ containers }) => ({ containers: { ...containers, run: broken } })],
  [
    'room',
    /room on the hosts/,
    ({ containers }) => ({ containers: { ...containers, run: async () => ({ placed: false, reason: 'AGENT' }) } }),
  ],
  ['the ring', /nodes 0, 1, 2, 3, 4, 5 to answer|FormRing/, () => ({ ring: broken })],
]

let loop: GivenLoop
beforeEach(async () => {
  loop = await givenLoop()
})
afterEach(() => loop.stop())

/** Lets wakes come as the sweep would bring them, until the cluster is in another state. */
async function follow(id: string, from: string): Promise<void> {
  for (let wake = 0; wake < 60 && (await loop.read(id)).state === from; wake += 1) {
    await loop.run(id, `${from} ${wake}`)
    const { due_at } = await loop.read(id)
    if (due_at) loop.clock.skip(Math.max(0, Date.parse(due_at) - loop.clock.now()))
  }
}
async function leftovers(id: string): Promise<unknown[]> {
  return [
    loop.ecs.tasks().filter(({ lastStatus }) => lastStatus !== 'STOPPED').length,
    (await readNodes(loop.table, id)).length,
    await loop.deps.network.find(securityGroupName('cell', id)),
    await loop.deps.secrets.get(credentialsParameter('cell', id)),
  ]
}

test.each(BREAKAGES)(
  'a create that never gets %s fails at its deadline, leaves nothing, and can be deleted',
  async (_, sentence, break_) => {
    const whole = { ...loop.deps }
    await loop.cluster('clu_a')
    const began = loop.clock.now()
    Object.assign(loop.deps, break_(whole))
    await follow('clu_a', 'creating')
    const operation = await loop.table.get(sk.operation('op_clu_a'))
    expect(operation).toMatchObject({ state: 'failed', error: { code: 'deadline_exceeded', message: expect.stringMatching(sentence) } })
    expect(await loop.read('clu_a')).toMatchObject({ state: 'failed', conditions: [{ status: false, reason: 'Failed' }] })
    // Near its deadline of 15 minutes: nobody sleeps beyond it, and taking back takes its own time.
    expect(loop.clock.now() - began).toBeLessThan(18 * 60_000)
    expect(await leftovers('clu_a')).toEqual([0, 0, undefined, undefined])
    expect(await loop.table.get(sk.quota)).toMatchObject({ clusters_used: 0, nodes_used: 0, memory_mib_used: 0 })

    Object.assign(loop.deps, whole)
    await loop.table.update(sk.cluster('clu_a'), {
      update: 'SET intent = :absent, #state = :deleting, generation = :two REMOVE failure',
      names: { '#state': 'state' },
      values: { ':absent': 'absent', ':deleting': 'deleting', ':two': 2 },
    })
    await follow('clu_a', 'deleting')
    expect(await loop.read('clu_a')).toMatchObject({ state: 'deleted' })
    expect(await loop.table.get(sk.quota)).toMatchObject({ clusters_used: 0, nodes_used: 0, memory_mib_used: 0 })
  },
)
