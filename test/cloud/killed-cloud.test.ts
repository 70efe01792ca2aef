import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { issueKey } from '../../local/demo/platform-key.ts'
import { startReceiver } from '../../local/demo/receiver.ts'
import { makeTenant } from '../../local/demo/tenant.ts'
import { deleteRing, ended, OUT, postRing, tenantApi } from '../support/given-cell.ts'
import { type MortalCloud, mortalCloud } from '../support/mortal-cloud.ts'

/** Milliseconds after the POST: launching, starting, forming, telling. */
const MOMENTS = [50, 350, 900, 2_000]

test.each(MOMENTS)(
  'the whole cloud killed %i ms into a create, and started on its data, ends ready and can be deleted',
  async (moment) => {
    const dataDir = mkdtempSync(join(tmpdir(), 'ringhold-killed-'))
    const receiver = await startReceiver()
    let cloud: MortalCloud | undefined
    try {
      cloud = await mortalCloud(dataDir, OUT)
      const demo = await makeTenant(cloud.apiUrl, await issueKey(cloud.cloud), receiver)
      receiver.trust(demo.webhook_secret)
      const cluster = await postRing(tenantApi(cloud.apiUrl, demo.key))
      await new Promise((resolve) => setTimeout(resolve, moment))
      await cloud.kill()

      cloud = await mortalCloud(dataDir, OUT)
      const tenant = tenantApi(cloud.apiUrl, demo.key)
      expect(await ended(tenant, cluster.operation.id, 120_000)).toMatchObject({ state: 'succeeded' })
      expect(await receiver.next(cluster.id, ['cluster.ready'], 30_000)).toMatchObject({ data: { state: 'ready' } })
      const deleted = await deleteRing(tenant, cluster.id)
      expect(await ended(tenant, deleted.operation.id, 120_000)).toMatchObject({ state: 'succeeded' })
    } finally {
      await cloud?.stop()
      await receiver.stop()
      rmSync(dataDir, { recursive: true, force: true })
    }
  },
  300_000,
)
