import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { issueKey } from '../../local/demo/platform-key.ts'
import { startReceiver } from '../../local/demo/receiver.ts'
import { makeTenant } from '../../local/demo/tenant.ts'
import { deleteRing, ended, OUT, postRing, tenantApi } from '../support/given-cell.ts'
import { leftovers, NOTHING } from '../support/leftovers.ts'
import { type MortalCloud, mortalCloud } from '../support/mortal-cloud.ts'

const PATIENCE_MS = 180_000

/** When the whole cloud is killed: so long into one of the two. */
export interface CloudKill {
  during: 'create' | 'delete'
  afterMs: number
}

/** How a ring's life went on after the cloud was started again on its data. */
export interface Survival extends CloudKill {
  ended: string
}

export const SURVIVED = 'succeeded, succeeded, nothing left'

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** kill -9 of the local cloud at one moment of a ring's create or delete: both have to succeed all the same, the receiver to be told, and nothing to be left. */
export async function surviveKill({ during, afterMs }: CloudKill): Promise<Survival> {
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
    await receiver.next(cluster.id, ['cluster.deleted'], PATIENCE_MS)
    const left = await leftovers(cloud.cloud, demo.tenant_id)
    const clean = isDeepStrictEqual(left, NOTHING) ? 'nothing left' : `left ${JSON.stringify(left)}`
    return { during, afterMs, ended: `${created.state}, ${deleted.state}, ${clean}` }
  } finally {
    await cloud?.stop()
    await receiver.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}
