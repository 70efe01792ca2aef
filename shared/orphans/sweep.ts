import { isoTime } from '../platform/clock.ts'
import { dueItems } from '../platform/due.ts'
import { measured } from '../platform/metrics.ts'
import { sideBySide } from '../platform/side-by-side.ts'
import { DUE_KINDS } from '../platform/table.ts'
import { miscounted } from './books.ts'
import { compare, ofNobody, type Since, unlisted } from './compare.ts'
import type { OrphanDeps } from './deps.ts'
import { FINDING_KINDS, type Finding } from './finding.ts'
import { repairAll } from './repair.ts'
import { everyTenant, look } from './sight.ts'
import { type Things, thingsOf } from './things.ts'

export interface Asked {
  repair: boolean
  /** Clusters that no tenant has, and whose things shall be taken away. */
  clusters: readonly string[]
}

export interface Report {
  tenants: number
  /** Things on AWS. */
  things: number
  /** How many, by kind. */
  found: Record<string, number>
  repaired: number
  /** Those that an answer can hold. */
  findings: (Finding & { repaired: boolean; refused?: string })[]
}

/**
 * What changed since is left alone: longer than any operation may take, its clean-up and the retries of who was late with it.
 * Nobody can be at work any more for what is older, and a crash that took a while to be made good has been made good.
 */
const SETTLED_MS = 3_600_000
/** Tenants that are looked at at once: each takes credentials of its own. */
const AT_ONCE = 5
const LATE_MS = 3_600_000
const DUE_LIMIT = 100
/** Lines of a log, and members of an answer (6 MB at most). */
const MOST_TOLD = 1_000

async function lookAt(deps: OrphanDeps, tenant: Parameters<typeof look>[1], things: Things, since: Since) {
  const sight = await look(deps, tenant)
  const asked = unlisted(sight, things, since)
  const known = await deps.inventory.knownTasks(asked)
  const found = compare(sight, things, new Set(asked.filter((arn) => !known.has(arn))), since)
  // Counters move: a difference that stays the same is one.
  const [wrong] = found.some(({ kind }) => kind === 'quota') ? miscounted(await look(deps, tenant)) : []
  const findings = found.filter(({ kind, detail }) => kind !== 'quota' || detail === wrong?.detail)
  return { findings, clusters: sight.clusters.map(({ id }) => id) }
}

async function overdue(deps: OrphanDeps, now: number): Promise<Finding[]> {
  const late = await Promise.all(DUE_KINDS.map((kind) => dueItems(deps, { now: now - LATE_MS, kind, limit: DUE_LIMIT })))
  return late.flat().map(({ pk, sk, due_at }): Finding => {
    return { kind: 'overdue', id: `${pk} ${sk}`, detail: `it was due at ${due_at}`, repair: { how: 'none' } }
  })
}

function tell({ log }: OrphanDeps, report: Report, now: number): void {
  for (const { repair, ...finding } of report.findings) log.warn('orphan', { ...finding, how: repair.how })
  const { findings, ...counts } = report
  const Orphans = Object.values(report.found).reduce((sum, count) => sum + count, 0)
  log.info('compared AWS and the table', { ...counts, told: findings.length, ...measured(now, { Orphans }) })
}

/**
 * Compares what is on AWS with what the table knows, both ways, and says what does not fit; repairs only when it is asked to.
 * AWS is listed first: what is listed was written down before it was made, so that a cluster that is then read, consistently, as
 * gone or not there is no longer anybody's.
 */
export async function sweepOrphans(deps: OrphanDeps, { repair, clusters }: Asked): Promise<Report> {
  const now = deps.clock.now()
  const before = now - deps.operationTimeoutSeconds * 1_000 - SETTLED_MS
  const since = { before, iso: isoTime(before) }
  const things = await thingsOf(deps.inventory, deps.cell)
  const tenants = await everyTenant(deps)
  const looks = await sideBySide(tenants, (tenant) => lookAt(deps, tenant, things, since), AT_ONCE)
  const known = new Set(looks.flatMap((seen) => seen.clusters))
  const findings = [...looks.flatMap((seen) => seen.findings), ...ofNobody(things, known, since), ...(await overdue(deps, now))]
  const { done, refused } = repair ? await repairAll(deps, findings, new Set(clusters)) : { done: [], refused: new Map<string, string>() }
  const repaired = new Set(done)
  const told = (finding: Finding): Report['findings'][number] => {
    const why = finding.repair.how === 'when-named' ? refused.get(finding.cluster ?? '') : undefined
    return { ...finding, repaired: repaired.has(finding), ...(why === undefined ? {} : { refused: why }) }
  }
  const report: Report = {
    tenants: tenants.length,
    things: [...things.values()].reduce((sum, its) => sum + its.length, 0),
    found: Object.fromEntries(FINDING_KINDS.map((kind) => [kind, findings.filter((finding) => finding.kind === kind).length])),
    repaired: repaired.size,
    findings: findings.slice(0, MOST_TOLD).map(told),
  }
  tell(deps, report, now)
  return report
}
