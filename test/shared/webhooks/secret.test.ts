import { webhookSecrets } from '../../../shared/webhooks/secret.ts'
import { givenSecrets } from './given.ts'

describe('webhook secrets', () => {
  it('are the same in every process of a cell, and of 32 bytes', async () => {
    const secrets = givenSecrets()
    const [one, other] = [webhookSecrets({ secrets, cell: 'cell-1' }), webhookSecrets({ secrets, cell: 'cell-1' })]
    const issued = await one.issue('whk_1', 1)
    expect(issued).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    expect(await other.read('whk_1', 1)).toBe(issued)
    expect(await other.issue('whk_1', 1)).toBe(issued)
  })

  it('differ by webhook, by version and by cell', async () => {
    const secrets = givenSecrets()
    const cell = webhookSecrets({ secrets, cell: 'cell-1' })
    const other = webhookSecrets({ secrets, cell: 'cell-2' })
    const all = await Promise.all([cell.issue('whk_1', 1), cell.issue('whk_2', 1), cell.issue('whk_1', 2), other.issue('whk_1', 1)])
    expect(new Set(all).size).toBe(4)
  })

  it('are never made from a new master key when the old one is gone', async () => {
    const secrets = givenSecrets()
    await expect(webhookSecrets({ secrets, cell: 'cell-1' }).read('whk_1', 1)).rejects.toThrow('/cell-1/webhook-master is gone')
    expect(secrets.values.size).toBe(0)
  })

  it('ask for the master key once per process', async () => {
    const secrets = givenSecrets()
    await webhookSecrets({ secrets, cell: 'cell-1' }).issue('whk_1', 1)
    let reads = 0
    const counted = { ...secrets, get: (name: string) => secrets.get(name).finally(() => (reads += 1)) }
    const cell = webhookSecrets({ secrets: counted, cell: 'cell-1' })
    for (const id of ['whk_1', 'whk_2', 'whk_3']) await cell.read(id, 1)
    expect(reads).toBe(1)
  })
})
