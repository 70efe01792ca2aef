import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as z from 'zod'
import type { Invoke } from '../../../local/workflows/lambda-call.ts'
import { answering, given, machine, task, throwing } from './given.ts'
import { CLUSTER_GRAPH, CREATE, follow, INPUT } from './scripted-functions.ts'
import { type Entered, isValid, secondOpinion } from './second-opinion.ts'

const root = mkdtempSync(join(tmpdir(), 'contract-'))
afterAll(() => rmSync(root, { recursive: true }))

const Line = z.tuple([
  z.string(),
  z.looseObject({ kind: z.string(), state: z.string().optional(), input: z.unknown(), used: z.array(z.int()).optional() }),
])

/** The states entered, from the journal: its lines about threads, without those of retries. */
function enteredIn(directory: string): Entered[] {
  const lines = readFileSync(join(directory, 'workflows.jsonl'), 'utf8').trim().split('\n')
  return lines.flatMap((text) => {
    const parsed = Line.safeParse(JSON.parse(text))
    if (!parsed.success || parsed.data[1].kind !== 'at' || parsed.data[1].used?.some((used) => used > 0)) return []
    const [key, { state = '', input }] = parsed.data
    const iteration = /\.(\d+)$/.exec(key.slice(key.indexOf(' ')))?.[1]
    return [{ index: iteration === undefined ? null : Number(iteration), name: state, input }]
  })
}

async function ours(definition: object, input: unknown, invoke: Invoke): Promise<{ output: unknown; entered: Entered[] }> {
  const dataDir = mkdtempSync(join(root, 'run-'))
  const it = given(definition, { invoke, dataDir })
  await it.start(input)
  const { output, error, cause } = await it.settled()
  return { output: output === undefined ? { error, cause } : JSON.parse(output), entered: enteredIn(dataDir) }
}

/** Iterations may take turns in another order: each line of states is compared by itself. */
const lines = (entered: Entered[]) => Object.groupBy(entered, ({ index }) => String(index))

const echo = answering((payload) => payload)
const flaky = (): Invoke => {
  const failed = new Set<string>()
  return async (_, payload) => {
    const key = JSON.stringify(payload)
    const first = !failed.has(key)
    failed.add(key)
    return first ? throwing('Flaky') : { payload: { after: payload } }
  }
}
const boom: Invoke = async () => throwing('Boom', 'no')
const caught = (ResultPath?: string | null) => [{ ErrorEquals: ['States.ALL'], Next: 'R', ...(ResultPath !== undefined && { ResultPath }) }]
const end = { Type: 'Succeed' }

const MACHINES: [string, object, unknown, () => Invoke][] = [
  ['a scripted create', CLUSTER_GRAPH, INPUT, () => follow(CREATE)],
  [
    'a Task with all its paths',
    machine({
      A: task({ InputPath: '$.in', ResultSelector: { 'p.$': '$.Payload' }, ResultPath: '$.out.x', OutputPath: '$.out', Next: 'B' }),
      B: { Type: 'Pass', Parameters: { 'kept.$': '$.x.p', list: [{ 'quoted.$': "$['x']['p'].deep[1]" }] }, ResultPath: '$.b', End: true },
    }),
    { in: { deep: [1, { two: 2 }] }, out: { old: true } },
    () => echo,
  ],
  [
    'a Task that is retried',
    machine({ A: task({ Retry: [{ ErrorEquals: ['Flaky'], IntervalSeconds: 5 }], Next: 'S' }), S: end }),
    { a: 1 },
    flaky,
  ],
  ['a Task that is caught', machine({ A: task({ Catch: caught(), End: true }), R: { Type: 'Pass', End: true } }), { a: 1 }, () => boom],
  ['a Task that is caught beside its input', machine({ A: task({ Catch: caught('$.why'), End: true }), R: end }), { a: 1 }, () => boom],
  ['a Task that is caught and forgotten', machine({ A: task({ Catch: caught(null), End: true }), R: end }), { a: 1 }, () => boom],
  [
    'a Choice of And, Or and Not',
    machine({
      C: {
        Type: 'Choice',
        Choices: [
          { And: [{ Variable: '$.n', NumericGreaterThan: 5 }, { Not: { Variable: '$.s', StringEquals: 'x' } }], Next: 'Both' },
          {
            Or: [
              { Variable: '$.missing', IsPresent: true },
              { Variable: '$.b', BooleanEquals: true },
            ],
            Next: 'Either',
          },
        ],
        Default: 'Neither',
      },
      Both: { Type: 'Pass', Result: 'both', End: true },
      Either: { Type: 'Pass', Result: 'either', End: true },
      Neither: { Type: 'Pass', Result: 'neither', End: true },
    }),
    { n: 5, s: 'y', b: true },
    () => echo,
  ],
  [
    'a Map with selected items and a Choice inside',
    machine({
      M: {
        Type: 'Map',
        ItemsPath: '$.list',
        ItemSelector: { 'v.$': '$$.Map.Item.Value', 'i.$': '$$.Map.Item.Index', 'all.$': '$.shared' },
        MaxConcurrency: 2,
        ItemProcessor: machine({
          C: { Type: 'Choice', Choices: [{ Variable: '$.v', NumericGreaterThan: 1, Next: 'A' }], Default: 'P' },
          A: task({ End: true }),
          P: { Type: 'Pass', OutputPath: '$.all', End: true },
        }),
        ResultPath: '$.results',
        Next: 'W',
      },
      W: { Type: 'Wait', SecondsPath: '$.seconds', End: true },
    }),
    { list: [1, 2, 3, 1], shared: 's', seconds: 30 },
    () => echo,
  ],
  [
    'a Map that is caught',
    machine({
      M: { Type: 'Map', ItemProcessor: machine({ A: task({ End: true }) }), ItemsPath: '$.l', Catch: caught('$.why'), End: true },
      R: { Type: 'Pass', OutputPath: '$.why.Error', End: true },
    }),
    { l: [1] },
    () => boom,
  ],
]

describe('the same machine through aws-local-stepfunctions', () => {
  it.each(MACHINES)('%s enters the same states with the same inputs, and has the same output', async (_, definition, input, invoke) => {
    const mine = await ours(definition, input, invoke())
    const theirs = await secondOpinion(definition, input, invoke())
    expect(mine.output).toEqual(theirs.output)
    expect(mine.entered.length).toBeGreaterThan(0)
    expect(lines(mine.entered)).toEqual(lines(theirs.entered))
  })

  it.each(MACHINES)('%s calls the functions with the same payloads', async (_, definition, input, invoke) => {
    const [mine, theirs]: [unknown[], unknown[]] = [[], []]
    const noting =
      (calls: unknown[], called: Invoke): Invoke =>
      (name, payload) => {
        calls.push(JSON.stringify([name, payload]))
        return called(name, payload)
      }
    await ours(definition, input, noting(mine, invoke()))
    await secondOpinion(definition, input, noting(theirs, invoke()))
    expect(mine.sort()).toEqual(theirs.sort())
  })

  it.each(MACHINES)('asl-validator accepts %s', (_, definition) => {
    expect(isValid(definition)).toBe(true)
  })
  it('asl-validator does not accept everything', () => {
    expect(isValid(machine({ A: { Type: 'Pass', Next: 'B' } }))).toBe(false)
  })
})
