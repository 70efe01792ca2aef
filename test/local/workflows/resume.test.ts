import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as z from 'zod'
import type { Invoke } from '../../../local/workflows/lambda-call.ts'
import { createWorkflows } from '../../../local/workflows/workflows.ts'
import { answering, given, MACHINE_ARN, machine, quiet, task, throwing } from './given.ts'
import { handTimers } from './hand-timers.ts'
import { CLUSTER_GRAPH, CREATE, follow, INPUT } from './scripted-functions.ts'

const root = mkdtempSync(join(tmpdir(), 'workflows-'))
afterAll(() => rmSync(root, { recursive: true }))
let directories = 0
function dataDir(journal = ''): string {
  const directory = join(root, String(directories++))
  mkdirSync(directory)
  writeFileSync(join(directory, 'workflows.jsonl'), journal)
  return directory
}
const journalOf = (directory: string): string => readFileSync(join(directory, 'workflows.jsonl'), 'utf8')

async function journalOfOne(definition: unknown, invoke: Invoke, input: unknown): Promise<{ journal: string; output: string | undefined }> {
  const directory = dataDir()
  const it = given(definition, { invoke, dataDir: directory })
  await it.start(input)
  const { status, output } = await it.settled()
  expect(status).toBe('SUCCEEDED')
  return { journal: journalOf(directory), output }
}

/** All that a kill -9 can leave behind: the journal up to any line, or into one. */
function remains(journal: string): string[] {
  const lines = journal.split(/(?<=\n)/)
  const whole = lines.map((_, index) => lines.slice(0, index + 1).join(''))
  return [...whole, ...whole.map((text, index) => text + (lines[index + 1] ?? '').slice(0, 20))]
}

const nested = machine({
  M: {
    Type: 'Map',
    ItemProcessor: machine({
      N: { Type: 'Map', ItemProcessor: machine({ A: task({ Retry: [{ ErrorEquals: ['Odd'] }], End: true }) }), Next: 'W' },
      W: { Type: 'Wait', Seconds: 3, End: true },
    }),
    Next: 'S',
  },
  S: { Type: 'Succeed' },
})

/** The same Map again and again, over what it gave the last time. */
const looped = machine({
  M: { Type: 'Map', ItemsPath: '$.items', ItemProcessor: machine({ A: task({ End: true }) }), ResultPath: '$.items', Next: 'C' },
  C: { Type: 'Choice', Choices: [{ Variable: '$.items[0]', NumericLessThan: 9, Next: 'M' }], Default: 'S' },
  S: { Type: 'Succeed' },
})

/** A Map that is retried as a whole: what each iteration gives tells which attempt it was of. */
const retriedMap = machine({
  M: {
    Type: 'Map',
    MaxConcurrency: 1,
    ItemSelector: { 'attempt.$': '$$.State.RetryCount', 'index.$': '$$.Map.Item.Index' },
    ItemProcessor: machine({ A: task({ End: true }) }),
    Retry: [{ ErrorEquals: ['Boom'] }],
    End: true,
  },
})
const lastFailsTwice: Invoke = async (_, payload) => {
  const { attempt, index } = z.object({ attempt: z.int(), index: z.int() }).parse(payload)
  return index === 4 && attempt < 2 ? throwing('Boom') : { payload: attempt }
}

const oddFails = (): Invoke => {
  const failed = new Set<unknown>()
  return async (_, payload) => {
    const fails = Number(payload) % 2 === 1 && !failed.has(payload)
    failed.add(payload)
    return fails ? { payload: { errorType: 'Odd' }, functionError: 'Unhandled' } : { payload: Number(payload) * 10 }
  }
}

describe('killed at any write of its journal and resumed', () => {
  const machines: [string, unknown, () => Invoke, unknown][] = [
    ['the graph of a cluster', CLUSTER_GRAPH, () => follow(CREATE), INPUT],
    ['a Map in a loop', looped, () => answering((payload) => Number(payload) + 3), { items: [1, 2, 3] }],
    ['a Map that is retried', retriedMap, () => lastFailsTwice, [0, 0, 0, 0, 0]],
    ['a Map in a Map, with retries and waits', nested, oddFails, [[1, 2, 3], [], [4, 5]]],
  ]
  it.each(machines)('%s ends with the same output', async (_, definition, invoke, input) => {
    const { journal, output } = await journalOfOne(definition, invoke(), input)
    const left = remains(journal)
    expect(left.length).toBeGreaterThan(30)
    for (const text of left) {
      const directory = dataDir(text)
      const it = given(definition, { invoke: invoke(), dataDir: directory })
      it.workflows.resume()
      expect(await it.settled()).toMatchObject({ status: 'SUCCEEDED', output })
      await it.workflows.stop()
      given(definition, { dataDir: directory })
      expect(journalOf(directory).trim().split('\n')).toHaveLength(1)
    }
  })
})

describe('after a restart', () => {
  it('a Wait ends when it would have ended', async () => {
    const definition = machine({ W: { Type: 'Wait', Seconds: 100, End: true } })
    const directory = dataDir()
    const before = given(definition, { dataDir: directory })
    await before.start({})
    await before.workflows.stop()
    const timers = handTimers(Date.UTC(2026, 0, 1) + 60_000)
    const after = given(definition, { dataDir: directory, timers })
    after.workflows.resume()
    expect(await after.settled()).toMatchObject({ status: 'SUCCEEDED', stoppedAt: Date.UTC(2026, 0, 1) + 100_000 })
  })

  it('a Map does only the iterations again that had not ended', async () => {
    const definition = machine({ M: { Type: 'Map', MaxConcurrency: 2, ItemProcessor: machine({ A: task({ End: true }) }), End: true } })
    const directory = dataDir()
    const hanging: Invoke = (_, payload) => (payload === 'c' ? new Promise(() => {}) : Promise.resolve({ payload: `${payload} before` }))
    const before = given(definition, { invoke: hanging, dataDir: directory })
    await before.start(['a', 'b', 'c', 'd'])
    await quiet()
    await before.workflows.stop()
    const after = given(definition, { invoke: answering((payload) => `${payload} after`), dataDir: directory })
    after.workflows.resume()
    const { output } = await after.settled()
    expect(JSON.parse(output ?? '')).toEqual(['a before', 'b before', 'c after', 'd before'])
  })

  it('nothing is left of the iterations of a Map that has ended', async () => {
    const W = { Type: 'Wait', Seconds: 9, End: true }
    const definition = machine({ M: { Type: 'Map', ItemProcessor: machine({ P: { Type: 'Pass', End: true } }), Next: 'W' }, W })
    const directory = dataDir()
    const before = given(definition, { dataDir: directory })
    await before.start(Array(100).fill(0))
    await quiet()
    await before.workflows.stop()
    given(definition, { dataDir: directory })
    // The execution, and where it stands.
    expect(journalOf(directory).trim().split('\n')).toHaveLength(2)
  })

  it('the retries used stay used', async () => {
    const definition = machine({ A: task({ Retry: [{ ErrorEquals: ['Odd'], MaxAttempts: 2 }], End: true }) })
    const directory = dataDir()
    let calls = 0
    const invoke: Invoke = async () => {
      calls += 1
      return { payload: { errorType: 'Odd' }, functionError: 'Unhandled' }
    }
    const before = given(definition, { invoke, dataDir: directory })
    await before.start({})
    await quiet()
    await before.workflows.stop()
    const after = given(definition, { invoke, dataDir: directory })
    after.workflows.resume()
    expect(await after.settled()).toMatchObject({ status: 'FAILED', error: 'Odd', transitions: 3 })
    expect(calls).toBe(3)
  })

  it('what has ended is remembered, and its name stays taken', async () => {
    const definition = machine({ S: { Type: 'Succeed' } })
    const directory = dataDir()
    const before = given(definition, { dataDir: directory })
    await before.start({ a: 1 })
    const ended = await before.settled()
    const after = given(definition, { dataDir: directory })
    after.workflows.resume()
    expect(after.workflows.executions()).toEqual([ended])
    expect(journalOf(directory).trim().split('\n')).toHaveLength(1)
  })

  it('an execution whose state, or whose machine, is gone fails and says so', async () => {
    const directory = dataDir()
    const before = given(machine({ W: { Type: 'Wait', Seconds: 9, End: true } }), { dataDir: directory })
    await before.start({})
    await before.workflows.stop()
    const after = given(machine({ V: { Type: 'Wait', Seconds: 9, End: true } }), { dataDir: directory })
    after.workflows.resume()
    expect(await after.settled()).toMatchObject({ status: 'FAILED', cause: 'the state machine has no state W any more' })

    const running = journalOf(directory)
      .trim()
      .split('\n')
      .slice(0, 1)
      .join('')
      .replace(/"FAILED"/, '"RUNNING"')
    const none = createWorkflows({ machines: [], invoke: lastFailsTwice, timers: handTimers(), dataDir: dataDir(running) })
    none.resume()
    expect(none.executions()).toMatchObject([{ status: 'FAILED', cause: `the state machine ${MACHINE_ARN} is gone` }])
  })

  it('answers of functions that were called before are dropped', async () => {
    const answers: (() => void)[] = []
    const slow: Invoke = () => new Promise((resolve) => answers.push(() => resolve({ payload: 'late' })))
    const directory = dataDir()
    const before = given(machine({ A: task({ End: true }) }), { invoke: slow, dataDir: directory })
    await before.start({})
    await before.workflows.stop()
    const journal = journalOf(directory)
    for (const answer of answers) answer()
    await quiet()
    expect(answers).toHaveLength(1)
    expect(journalOf(directory)).toBe(journal)
  })
})
