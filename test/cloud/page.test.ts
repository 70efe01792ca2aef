import * as z from 'zod'
import { Cluster, Connection } from '../../shared/contract/cluster.ts'
import { describeChromium, openChromium, type Page } from '../support/chromium.ts'
import { type Cell, ended, givenCell, postRing } from '../support/given-cell.ts'
import { until } from '../support/until.ts'

const Clusters = z.object({ items: z.array(Cluster) })
const PATIENCE_MS = 120_000

describeChromium('the live page', () => {
  let cell: Cell
  let page: Page
  beforeAll(async () => {
    cell = await givenCell()
    page = await openChromium()
    await page.open(`${cell.cloud.apiUrl}/`)
  }, 200_000)
  afterAll(async () => {
    await page?.close()
    await cell?.stop()
  })

  const count = async (selector: string): Promise<number> => Number(await page.evaluate(`document.querySelectorAll('${selector}').length`))
  const text = async (selector: string): Promise<string> =>
    String(await page.evaluate(`document.querySelector('${selector}')?.textContent`))
  const shows = (what: string, selector: string, wanted: number) =>
    until(what, async () => ((await count(selector)) === wanted ? true : undefined), PATIENCE_MS)
  const press = (name: string) => page.evaluate(`document.querySelector('button[aria-label^="${name}"]').click()`)

  test('shows AZs and hosts, then a ring as it comes about and what it did, without being asked again', async () => {
    await shows('three AZs are there', '.az', 3)
    expect(await text('#link')).toBe('live')
    const cluster = await postRing(cell.tenant)
    await shows('the ring is there', '.ring', 1)
    expect(await ended(cell.tenant, cluster.operation.id, PATIENCE_MS)).toMatchObject({ state: 'succeeded' })
    await shows('all of its nodes run', '.host .task:not(.moving)', 6)
    await shows('the ring itself says who serves its slots', '.wheel .arc', 3)
    await shows('it is ready', '.ring .badge.good', 1)
    await shows('its primaries say so', '.member.primary.seen', 3)
    await shows('its replicas say so', '.member.replica.seen', 3)
    expect(await text('.ring .wheel text')).toBe('100%')
    expect(await count('#executions .path .end.succeeded')).toBe(1)
    await shows('its webhook was told', '#deliveries .badge.good', 2)
    expect((await count('#events li')) > 20 && (await count('#calls li')) > 20).toBe(true)
  }, 200_000)

  test('kills a task and mends what it disturbed, by its buttons', async () => {
    const tasks = () => cell.cloud.ecs.tasks().filter(({ lastStatus }) => lastStatus === 'STOPPED').length
    await press('kill task')
    await until('it is dead', () => (tasks() === 1 ? true : undefined))
    await press('lose us-east-1a')
    await shows('the AZ is lost', '.az.lost', 1)
    await shows('that can be taken away', '.fault', 1)
    await press('take away')
    await shows('the AZ is back', '.az.lost', 0)
    await press('disconnect the agent')
    await shows('the agent is silent', '.host.silent', 1)
    await press('reconnect the agent')
    await shows('the agent is back', '.host.silent', 0)
  }, 200_000)

  test('can be used by keyboard alone, names each button, and keeps the focus while things change around it', async () => {
    expect(await count('button:not([aria-label])')).toBe(0)
    await page.evaluate(`document.body.focus()`)
    const focused: unknown[] = []
    for (let i = 0; i < 12; i += 1) {
      for (const type of ['keyDown', 'keyUp'])
        await page.call('Input.dispatchKeyEvent', { type, key: 'Tab', code: 'Tab', windowsVirtualKeyCode: 9 })
      focused.push(await page.evaluate(`document.activeElement?.getAttribute('aria-label')`))
    }
    expect(focused).toEqual(expect.arrayContaining(['every ECS event comes twice', expect.stringMatching(/^(lose|restore) us-east-1a/)]))
  })

  test('complains of nothing: no exception, nothing that its security policy refuses, nothing from elsewhere', async () => {
    expect(page.complaints).toEqual([])
    const loaded = await page.evaluate(`performance.getEntriesByType('resource').map(({ name }) => new URL(name).origin)`)
    expect(new Set(Object.values(Object(loaded)))).toEqual(new Set([cell.cloud.apiUrl]))
    const answer = await fetch(`${cell.cloud.apiUrl}/`, { headers: { accept: 'text/html' } })
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'")
  })

  test('shows no secret, nor does anything that it reads', async () => {
    const [ring] = (await cell.tenant.call('GET', '/v1/clusters', Clusters)).items
    const { password } = await cell.tenant.call('GET', `/v1/clusters/${ring?.id}/connection`, Connection)
    const state = await (await fetch(`${cell.cloud.apiUrl}/_local/state`)).text()
    const drawn = String(await page.evaluate('document.documentElement.outerHTML'))
    const { key, platform_key, webhook_secret } = cell.demo
    const parameters = [...new Set(cell.cloud.ssm.read(`/cell-1/clusters/${ring?.id}/credentials`).split(/[ ,=]/))].filter(
      (word) => word.length > 20,
    )
    expect(parameters.length).toBeGreaterThan(3)
    for (const secret of [password, key, platform_key, webhook_secret, ...parameters])
      expect([state.includes(secret), drawn.includes(secret)]).toEqual([false, false])
  })
})
