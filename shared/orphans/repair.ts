import { changeCluster, readCluster } from '../clusters/lease.ts'
import { ending } from '../operations/ending.ts'
import { isoTime } from '../platform/clock.ts'
import { dueShard, sk, tenantId } from '../platform/table.ts'
import { type TenantTable, tableFor } from '../platform/tenant-table.ts'
import { unlessRefused } from '../platform/unless-refused.ts'
import type { OrphanDeps } from './deps.ts'
import type { Finding } from './finding.ts'

const AGAIN_MS = 60_000

/**
 * The stream starts the loop, which does the rest under its lease and with its own rights: nobody acts beside it. Refused while
 * somebody is at work, who sees for himself.
 */
async function lookAgain(table: TenantTable, cluster: string, forget: ReadonlySet<string>, now: number): Promise<boolean> {
  const names = [...forget].map((name, i): [string, string] => [`#f${i}`, name])
  const changed = await changeCluster(table, cluster, {
    update: `SET wake = wake + :one, due_at = :again, due_pk = :shard${names.length > 0 ? ` REMOVE ${names.map(([name]) => `resources.${name}`).join(', ')}` : ''}`,
    condition: 'attribute_exists(pk) AND attribute_not_exists(lease_holder)',
    ...(names.length > 0 ? { names: Object.fromEntries(names) } : {}),
    values: { ':one': 1, ':again': isoTime(now + AGAIN_MS), ':shard': dueShard(cluster) },
  })
  return changed !== undefined
}

/** By what they are off, on condition that they are what they were: what is counted meanwhile is counted right. */
const count = (table: TenantTable, add: Record<string, number>, seen: Record<string, number>): Promise<unknown> =>
  table
    .update(sk.quota, {
      update: `ADD ${Object.keys(add)
        .map((name) => `${name} :add_${name}`)
        .join(', ')}`,
      condition: Object.keys(seen)
        .map((name) => `${name} = :seen_${name}`)
        .join(' AND '),
      values: {
        ...Object.fromEntries(Object.entries(add).map(([name, by]) => [`:add_${name}`, by])),
        ...Object.fromEntries(Object.entries(seen).map(([name, was]) => [`:seen_${name}`, was])),
      },
    })
    .catch(unlessRefused)

/** Takes away what stands on AWS for a cluster that is nobody's. @returns false when that has to be asked for once more */
async function takeAway({ containers, names, secrets, network }: OrphanDeps, { kind, id }: Finding): Promise<boolean> {
  if (kind === 'task') await containers.stop(id, 'its cluster is not there')
  if (kind === 'definition') await containers.deregisterFamily(id)
  if (kind === 'name') await names.remove(id)
  if (kind === 'parameter') await secrets.delete(id)
  return kind !== 'group' || (await network.remove(id)) === 'removed'
}

/** Looked for where its task says it is: a tenant whose entry in the directory is gone may have it. */
async function isNobodys(deps: OrphanDeps, { tenant, cluster = '' }: Finding): Promise<boolean> {
  return tenant === undefined || (await readCluster(tableFor(deps, tenantId(tenant)), cluster)) === undefined
}

async function repairOne(deps: OrphanDeps, finding: Finding, named: ReadonlySet<string>): Promise<boolean> {
  const { repair, tenant, cluster = '', id } = finding
  if (repair.how === 'when-named') return named.has(cluster) && (await isNobodys(deps, finding)) && takeAway(deps, finding)
  if (repair.how === 'take-away') return takeAway(deps, finding)
  if (tenant === undefined) return false
  const table = tableFor(deps, tenantId(tenant))
  if (repair.how === 'count') return (await count(table, repair.add, repair.seen)) !== false
  if (repair.how !== 'end-operation') return false
  const at = isoTime(deps.clock.now())
  const end = repair.succeeded
    ? ending({ state: 'succeeded', at })
    : ending({ state: 'failed', at, error: { code: 'lost', message: repair.message } })
  return (await table.update(sk.operation(id), end).catch(unlessRefused)) !== false
}

/** One wake for all that the loop has to see to of a cluster. */
async function repairByLoop(deps: OrphanDeps, findings: Finding[]): Promise<Finding[]> {
  const [{ tenant = '', cluster = '' } = {}] = findings
  const forget = findings.flatMap(({ repair }) => (repair.how === 'look-again' ? repair.forget : []))
  const woken = await lookAgain(tableFor(deps, tenantId(tenant)), cluster, new Set(forget), deps.clock.now())
  return woken ? findings : []
}

/**
 * Puts right what can be. Tasks before what they use, one after the other: there is no hurry.
 * @param named clusters that somebody says are nobody's
 * @returns what was put right, or will be by the loop
 */
export async function repairAll(deps: OrphanDeps, findings: readonly Finding[], named: ReadonlySet<string>): Promise<Finding[]> {
  const repaired: Finding[] = []
  const byLoop = findings.filter(({ repair }) => repair.how === 'look-again')
  for (const [, its] of Map.groupBy(byLoop, ({ cluster }) => cluster)) repaired.push(...(await repairByLoop(deps, its)))
  for (const finding of findings) if (await repairOne(deps, finding, named)) repaired.push(finding)
  return repaired
}
