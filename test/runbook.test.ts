import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AttemptError } from '../shared/contract/delivery.ts'
import { ERRORS } from '../shared/contract/errors.ts'
import type { Route } from '../shared/contract/route.ts'
import { ROUTES } from '../shared/contract/routes.ts'
import { FUNCTION_VARIABLES } from '../shared/platform/env.ts'
import { METRICS } from '../shared/platform/metrics.ts'
import { DUE_KINDS, dueShards } from '../shared/platform/table.ts'
import { STEP_NAMES } from '../shared/reconcile/model.ts'

const ROOT = join(import.meta.dirname, '..')
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8')
const runbook = read('docs/runbook.md')
const sources = ['shared/**/*.ts', 'functions/**/*.ts'].flatMap((pattern) => globSync(pattern, { cwd: ROOT })).map(read)
const found = (pattern: RegExp): string[] => [...new Set([...runbook.matchAll(pattern)].map(([, word = '']) => word))]

/** As GitHub makes anchors of headings. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, '')
    .replaceAll(' ', '-')
const headings = found(/^## (.+)$/gm)

describe('the runbook', () => {
  it('leads from section to section that there are', () => {
    const anchors = new Set(headings.map(anchorOf))
    expect(found(/\]\(#([^)]+)\)/g).filter((anchor) => !anchors.has(anchor))).toEqual([])
  })

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

  it('looks for messages that are logged, to the letter', () => {
    const messages = found(/message = "([^"]+)"/g)
    expect(messages.length).toBeGreaterThan(8)
    expect(messages.filter((message) => !sources.some((source) => source.includes(`'${message}'`)))).toEqual([])
  })

  it('asks for members that lines have', () => {
    // What Lambda and Logs Insights know by themselves, and functions of the query language.
    const others = new Set(['bin', 'level', 'type', 'record', 'message', 'error', 'detail', 'timestamp'])
    const queries = found(/\bask [a-z]+ '([^']+)'/g)
    const members = queries.flatMap((query) => {
      const parts = query
        .replaceAll(/"[^"]*"/g, '')
        .split('|')
        .map((part) => part.trim())
      const fields = parts.filter((part) => part.startsWith('fields ')).flatMap((part) => part.slice('fields '.length).split(','))
      const by = parts.flatMap((part) => / by (.+)$/.exec(part)?.[1]?.split(',') ?? [])
      return [...fields, ...by].map((each) => each.trim().replace(/^@/, '')).filter((each) => /^[A-Za-z_]+$/.test(each))
    })
    const known = (name: string) =>
      others.has(name) || name in METRICS || sources.some((source) => new RegExp(`\\b${name}\\b`).test(source))
    expect(members.length).toBeGreaterThan(20)
    expect([...new Set(members)].filter((name) => !known(name))).toEqual([])
  })

  it('names routes that there are', () => {
    const known = new Set(Object.values<Route>(ROUTES).map(({ method, path }) => `${method} ${path}`))
    expect(found(/`((?:GET|POST|PATCH|DELETE) \/[\w/{}.-]+)`/g).filter((route) => !known.has(route))).toEqual([])
  })

  it('names steps, errors, reasons and shards that there are', () => {
    const capital = found(/`([A-Z][a-zA-Z]+)`/g).filter((name) => /(Credentials|Network|Nodes|Ring|Task|Names|Definition|Node)$/.test(name))
    const steps = capital.filter(
      (name) => !['WaitingForNodes', 'StoppingNodes', 'LaunchingNodes', 'FormingRing', 'StopTask', 'RunTask'].includes(name),
    )
    expect(steps.filter((name) => !STEP_NAMES.some((step) => step === name))).toEqual([])
    const reasons = [...runbook.matchAll(/^\| ((?:`[A-Z]\w+`(?:, )?)+) \|/gm)].flatMap(([, cell = '']) =>
      [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name),
    )
    const conditions = read('shared/reconcile/conditions.ts')
    const known = [...conditions.matchAll(/^ {2}(\w+): '/gm)].map(([, name]) => name)
    expect(reasons.toSorted()).toEqual(known.toSorted())
    expect(found(/why`[^.]*?: `(\w+)`/g).filter((why) => !AttemptError.options.some((each) => each === why))).toEqual([])
    expect(found(/\b(?:500|503) `(\w+)`/g).filter((code) => !(code in ERRORS))).toEqual([])
    const shards = new Set(DUE_KINDS.flatMap(dueShards).map((shard) => shard.replace(/\d$/, '')))
    expect(new Set(found(/(DUE#[a-z]+#)/g))).toEqual(shards)
  })

  it('names files that there are', () => {
    expect(found(/`((?:cdk|shared|functions)\/[\w./-]+)`/g).filter((file) => !existsSync(join(ROOT, file)))).toEqual([])
  })
})
