import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { CONFIGURATIONS } from '../cdk/configurations.ts'
import { type Cell, deleteRing, ended, givenCell, postRing } from '../support/given-cell.ts'
import { leftovers, NOTHING } from '../support/leftovers.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const directory = mkdtempSync(join(tmpdir(), 'ringhold-configured-'))
let cell: Cell | undefined
afterEach(async () => {
  await cell?.stop()
  cell = undefined
})
afterAll(() => rmSync(directory, { recursive: true }))

/** Synthesised as it would be deployed, code and all. */
function synthesised(name: keyof typeof CONFIGURATIONS): string {
  const file = join(directory, `${name}.config.ts`)
  const outDir = join(directory, name)
  writeFileSync(file, `export default ${JSON.stringify(CONFIGURATIONS[name])}\n`)
  const env = { ...process.env, CDK_OUTDIR: outDir, CDK_VALIDATION: 'false' }
  const app = spawnSync(process.execPath, ['cdk/app.ts', relative(ROOT, file)], { cwd: ROOT, env, encoding: 'utf8' })
  if (app.status !== 0) throw new Error(app.stderr)
  return outDir
}

test.each(['full', 'closed'] as const)(
  'a ring is made and deleted in a cell that is configured otherwise: %s',
  async (name) => {
    cell = await givenCell({ outDir: synthesised(name) })
    const { tenant, cloud, demo } = cell
    const ring = await postRing(tenant)
    expect(await ended(tenant, ring.operation.id)).toMatchObject({ state: 'succeeded' })
    const deleted = await deleteRing(tenant, ring.id)
    expect(await ended(tenant, deleted.operation.id)).toMatchObject({ state: 'succeeded' })
    expect(await leftovers(cloud, demo.tenant_id)).toEqual(NOTHING)
  },
  240_000,
)
