import * as z from 'zod'

/** What is counted in a tenant's `QUOTA` item, in the transactions that change it. */
export const COUNTED = ['clusters', 'nodes', 'cpu_units', 'memory_mib', 'webhooks', 'keys'] as const

const counts = {
  clusters: z.int(),
  nodes: z.int(),
  cpu_units: z.int().meta({ description: 'Of all nodes together; 1,024 are one vCPU' }),
  memory_mib: z.int().meta({ description: 'Of all nodes together' }),
  webhooks: z.int(),
  keys: z.int().meta({ description: 'API keys that are good; while one is rotated, the two of them count as one' }),
}

/** What a tenant uses now. */
export const Usage = z.object(counts)
export type Usage = z.infer<typeof Usage>

/** What a tenant may use at once. Less than it uses already is allowed: then it keeps what it has and gets no more. */
export const Quota = z.object({
  ...counts,
  requests_per_second: z.int().meta({ description: 'For long; at once, up to two seconds’ worth' }),
})
export type Quota = z.infer<typeof Quota>

export const QuotaName = z.enum([...COUNTED, 'requests_per_second'])
export type QuotaName = z.infer<typeof QuotaName>

const limit = z.int().min(0).max(10_000_000)
const LIMITS = {
  clusters: limit,
  nodes: limit,
  cpu_units: limit,
  memory_mib: limit,
  webhooks: limit,
  keys: limit,
  requests_per_second: z.int().min(1).max(10_000),
}

/** Limits that differ from those of the plan. */
export const QuotaOverrides = z.strictObject(LIMITS).partial()
export type QuotaOverrides = z.infer<typeof QuotaOverrides>

/** The same in a change: null goes back to the plan's. */
export const QuotaChanges = z
  .strictObject({
    clusters: limit.nullable(),
    nodes: limit.nullable(),
    cpu_units: limit.nullable(),
    memory_mib: limit.nullable(),
    webhooks: limit.nullable(),
    keys: limit.nullable(),
    requests_per_second: LIMITS.requests_per_second.nullable(),
  })
  .partial()
export type QuotaChanges = z.infer<typeof QuotaChanges>
