import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { issueKey } from '../../local/demo/platform-key.ts'
import { startReceiver } from '../../local/demo/receiver.ts'
import { makeTenant } from '../../local/demo/tenant.ts'
import { deleteRing, ended, OUT, postRing, tenantApi } from '../support/given-cell.ts'
import { type MortalCloud, mortalCloud } from '../support/mortal-cloud.ts'

const PATIENCE_MS = 180_000

/** How a ring's life went on after the whole cloud was killed so long into it, and started again on its data. */
export interface Survival {
  afterMs: number
  /** During which of the two it was killed. */
  during: 'create' | 'delete'
  ended: string
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** kill -9 of the local cloud at one moment of a ring's create or delete: both have to succeed all the same, and the receiver to be told. */
export async function surviveKill(during: Survival['during'], afterMs: number): Promise<Survival> {
  const dataDir = mkdtempSync(join(tmpdir(), 'ringhold-crash-'))
  const receiver = await startReceiver()
  let cloud: MortalCloud | undefined
  try {
    cloud = await mortalCloud(dataDir, OUT)
    const demo = await makeTenant(cloud.apiUrl, await issueKey(cloud.cloud), receiver)
    receiver.trust(demo.webhook_secret)
    const restart = async () => {
      await cloud?.kill()
      cloud = await mortalCloud(dataDir, OUT)
      return tenantApi(cloud.apiUrl, demo.key)
    }
    let tenant = tenantApi(cloud.apiUrl, demo.key)
    const cluster = await postRing(tenant)
    if (during === 'create') {
      await sleep(afterMs)
      tenant = await restart()
    }
    const created = await ended(tenant, cluster.operation.id, PATIENCE_MS)
    await receiver.next(cluster.id, ['cluster.ready', 'cluster.failed'], PATIENCE_MS)
    const deletion = await deleteRing(tenant, cluster.id)
    if (during === 'delete') {
      await sleep(afterMs)
      tenant = await restart()
    }
    const deleted = await ended(tenant, deletion.operation.id, PATIENCE_MS)
    return { during, afterMs, ended: `${created.state}, ${deleted.state}` }
  } finally {
    await cloud?.stop()
    await receiver.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}
