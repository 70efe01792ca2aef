import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { FUNCTION_SIZES } from '../cdk/function-sizes.ts'
import { AttemptError } from '../shared/contract/delivery.ts'
import { ERRORS } from '../shared/contract/errors.ts'
import type { Route } from '../shared/contract/route.ts'
import { ROUTES } from '../shared/contract/routes.ts'
import { FUNCTION_VARIABLES } from '../shared/platform/env.ts'
import { METRICS } from '../shared/platform/metrics.ts'
import { MAX_QUEUE_DELAY_MS } from '../shared/platform/queue.ts'
import { DUE_KINDS, DUE_SHARDS, dueShards, tenantId, tenantPartition } from '../shared/platform/table.ts'
import { STEP_NAMES } from '../shared/reconcile/model.ts'
import { POST_LIMITS } from '../shared/webhooks/post.ts'
import { ATTEMPT_DELAYS_MS } from '../shared/webhooks/schedule.ts'
import { SLOTS, SLOTS_OF_FAILING } from '../shared/webhooks/slots.ts'

const ROOT = join(import.meta.dirname, '..')
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8')
const runbook = read('docs/runbook.md')
const sources = ['shared/**/*.ts', 'functions/**/*.ts'].flatMap((pattern) => globSync(pattern, { cwd: ROOT })).map(read)
const dashboard = read('cdk/dashboard-list.ts')
const found = (pattern: RegExp): string[] => [...new Set([...runbook.matchAll(pattern)].map(([, word = '']) => word))]

const REASONS = [...read('shared/reconcile/conditions.ts').matchAll(/^ {2}(\w+): '/gm)].map(([, name = '']) => name)
/** What AWS calls them. */
const QUOTAS = ['StateTransition throttle token refill rate', 'Table-level write throughput limit']

/** A number that a file keeps to itself. */
const own = (file: string, name: string): number =>
  Number(new RegExp(`^const ${name} = ([\\d_]+)$`, 'm').exec(read(file))?.[1]?.replaceAll('_', ''))
const each = (file: string, name: string): string => (own(file, name) * DUE_SHARDS).toLocaleString('en')
const hours = Math.floor(ATTEMPT_DELAYS_MS.reduce((sum, ms) => sum + ms, 0) / 3_600_000)
/** What the runbook says of numbers that the code has. */
const SAID = [
  `a sweep takes ${each('shared/clusters/sweep.ts', 'LIMIT')} rings, ${each('shared/webhooks/sweep.ts', 'LIMIT_PER_SHARD')} deliveries, ${each('shared/tenants/sweep.ts', 'TENANTS')} tenants and ${each('shared/tenants/sweep.ts', 'KEYS')} keys a minute`,
  `does not answer in ${FUNCTION_SIZES.api.timeoutSeconds} s`,
  `Time-outs (${FUNCTION_SIZES.sweep.timeoutSeconds} s)`,
  `runs out of its ${FUNCTION_SIZES.step.timeoutSeconds} s`,
  `hands over after ${own('shared/reconcile/reconcile.ts', 'MAX_TURNS')} turns`,
  `at most ${SLOTS} attempts at a time (${SLOTS_OF_FAILING} while it fails)`,
  `receivers are slow (${POST_LIMITS.totalMs / 1_000} s each)`,
  `ten attempts in some ${hours} hours`,
  `are at most ${Object.keys(METRICS).length}, at $`,
  `later than ${MAX_QUEUE_DELAY_MS / 60_000} minutes`,
]

describe('the runbook', () => {
  it('asks logs of functions that there are', () => {
    const asked = found(/\bask ([a-z]+) '/g)
    expect(asked.length).toBeGreaterThan(5)
    expect(asked.filter((name) => !(name in FUNCTION_VARIABLES))).toEqual([])
    expect(
      found(/\$CELL-([a-z]+)/g).filter(
        (name) => !(name in FUNCTION_VARIABLES) && !['reconcile', 'undeliverable', 'restored'].includes(name),
      ),
    ).toEqual([])
  })

  it('quotes what is logged, answered or on the dashboard', () => {
    const prose = runbook.replaceAll(/^```[\s\S]*?^```$/gm, '').replaceAll(/`[^`]*`/g, '')
    const quoted = [...new Set([...prose.matchAll(/"([^"]+)"/g)].map(([, words = '']) => words))]
    expect(quoted.length).toBeGreaterThan(12)
    // `...` and a number stand for what differs each time.
    const written = (words: string): RegExp =>
      new RegExp(words.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(/(?:\\\.){3}|\b\d+\b/g, '(\\d+|\\$\\{[^}]*\\})'))
    expect(quoted.filter((words) => !QUOTAS.includes(words) && ![...sources, dashboard].some((text) => written(words).test(text)))).toEqual(
      [],
    )
  })

  it('names routes that there are', () => {
    const known = new Set(Object.values<Route>(ROUTES).map(({ method, path }) => `${method} ${path}`))
    expect(found(/`((?:GET|POST|PATCH|DELETE) \/[\w/{}.-]+)`/g).filter((route) => !known.has(route))).toEqual([])
  })

  it('names steps, errors, reasons and shards that there are', () => {
    const capital = found(/`([A-Z][a-zA-Z]+)`/g).filter((name) => /(Credentials|Network|Nodes|Ring|Task|Names|Definition|Node)$/.test(name))
    const steps = capital.filter((name) => ![...REASONS, 'StopTask', 'RunTask'].includes(name))
    expect(steps.filter((name) => !STEP_NAMES.some((step) => step === name))).toEqual([])
    const reasons = [...runbook.matchAll(/^\| ((?:`[A-Z]\w+`(?:, )?)+) \|/gm)].flatMap(([, cell = '']) =>
      [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name),
    )
    expect(reasons.toSorted()).toEqual(REASONS.toSorted())
    expect(found(/why`[^.]*?: `(\w+)`/g).filter((why) => !AttemptError.options.some((each) => each === why))).toEqual([])
    expect(found(/\b(?:500|503) `(\w+)`/g).filter((code) => !(code in ERRORS))).toEqual([])
    const shards = new Set(DUE_KINDS.flatMap(dueShards).map((shard) => shard.replace(/\d$/, '')))
    expect(new Set(found(/(DUE#[a-z]+#)/g))).toEqual(shards)
  })

  it('reads items by keys that there are, and names members that they have', () => {
    const kinds = new Set([...read('shared/platform/table.ts').matchAll(/`([A-Z]+)#/g)].map(([, kind = '']) => kind))
    expect(found(/\bitem TENANT '?([A-Z]+)#/g).filter((kind) => !kinds.has(kind))).toEqual([])
    expect(runbook).toContain(tenantPartition(tenantId('$1')))
    const words = found(/`([a-z]+(?:_[a-z]+)+)`/g)
    expect(words.length).toBeGreaterThan(10)
    expect(words.filter((word) => ![...sources, dashboard].some((text) => new RegExp(`\\b${word}\\b`).test(text)))).toEqual([])
  })

  it.each(SAID)('says as the code does: %s', (sentence) => {
    expect(runbook).toContain(sentence)
  })
})
