import { changeCluster } from '../clusters/lease.ts'
import { ending } from '../operations/ending.ts'
import { isoTime } from '../platform/clock.ts'
import { dueShard, sk, tenantId } from '../platform/table.ts'
import { type TenantTable, tableFor } from '../platform/tenant-table.ts'
import { unlessRefused } from '../platform/unless-refused.ts'
import type { OrphanDeps } from './deps.ts'
import type { Finding } from './finding.ts'
import { whyKept } from './kept.ts'

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
  if (kind === 'definition') await containers.deregisterFamily(id)
  if (kind === 'name') await names.remove(id)
  if (kind === 'parameter') await secrets.delete(id)
  return kind !== 'group' || (await network.remove(id)) === 'removed'
}

async function repairOne(deps: OrphanDeps, finding: Finding): Promise<boolean> {
  const { repair, tenant, id } = finding
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

export interface Repaired {
  /** What was put right, or will be by the loop. */
  done: Finding[]
  /** Why nothing of it was taken away, by cluster: of those that were named. */
  refused: ReadonlyMap<string, string>
}

/**
 * Puts right what can be, one after the other: there is no hurry.
 * @param named clusters that somebody says are nobody's
 */
export async function repairAll(deps: OrphanDeps, findings: readonly Finding[], named: ReadonlySet<string>): Promise<Repaired> {
  const done: Finding[] = []
  const refused = new Map<string, string>()
  const byLoop = findings.filter(({ repair }) => repair.how === 'look-again')
  for (const [, its] of Map.groupBy(byLoop, ({ cluster }) => cluster)) done.push(...(await repairByLoop(deps, its)))
  for (const finding of findings) if (await repairOne(deps, finding)) done.push(finding)
  for (const cluster of named) {
    const its = findings.filter((finding) => finding.cluster === cluster)
    const nobodys = its.filter(({ repair }) => repair.how === 'when-named')
    if (nobodys.length === 0) continue
    const why = await whyKept(deps, cluster, its)
    if (why !== undefined) refused.set(cluster, why)
    else for (const finding of nobodys) if (await takeAway(deps, finding)) done.push(finding)
  }
  return { done, refused }
}
