import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SECTIONS } from '../cdk/dashboard-list.ts'
import { METRICS } from '../shared/platform/metrics.ts'
import { messagesOf, sourcesOf } from './support/function-sources.ts'

const runbook = readFileSync(join(import.meta.dirname, '..', 'docs', 'runbook.md'), 'utf8')

interface Query {
  function: string
  query: string
}
/** `FUNCTION` stands for any of them. */
const asked: Query[] = [...runbook.matchAll(/\bask ([a-z]+) '([^']+)'/g)].map(([, name = '', query = '']) => {
  return { function: name, query: query.replaceAll('\\|', '|') }
})
const shown: Query[] = SECTIONS.flatMap(({ widgets }) =>
  widgets.flatMap((widget) => ('query' in widget ? widget.logs.map((name) => ({ function: name, query: widget.query.join(' | ') })) : [])),
)

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html, as far as it is used. */
const LANGUAGE = new Set(
  'filter fields stats sort limit by as and or like desc asc count count_distinct max min avg sum pct bin ispresent'.split(' '),
)
/** What Lambda writes of a run (record, type), what Logs Insights knows of a line, and what each of our lines has: shared/platform/log.ts. */
const EVERYWHERE = ['record', 'type', 'timestamp', 'level', 'message', 'function', 'cell']
/** Of lines that tell an error. */
const OF_ERRORS = ['error', 'detail', 'stack']

/** What a query reads of a line: neither words of the language nor names that it gives. */
function membersOf(query: string): string[] {
  const bare = query.replaceAll(/"[^"]*"|\/[^/]*\/|\b\d\w*/g, ' ')
  const given = new Set([...bare.matchAll(/\bas (\w+)/g)].map(([, name = '']) => name))
  const words = [...bare.matchAll(/@?([A-Za-z_]\w*)(?:\.\w+)*/g)].map(([, word = '']) => word)
  return [...new Set(words)].filter((word) => !LANGUAGE.has(word) && !given.has(word))
}
const messageIn = (query: string): string | undefined => /\bmessage = "([^"]+)"/.exec(query)?.[1]

describe.each([
  { of: 'the runbook', queries: asked },
  { of: 'the dashboard', queries: shown },
])('queries of $of', ({ queries }) => {
  it('are for messages that the function itself logs, to the letter', () => {
    const strange = queries.filter(({ function: name, query }) => {
      const message = messageIn(query)
      return message !== undefined && !messagesOf(name).has(message)
    })
    expect(strange).toEqual([])
  })

  it('read what such a line has', () => {
    const strange = queries.flatMap(({ function: name, query }) => {
      const message = messageIn(query)
      const line = message === undefined ? undefined : messagesOf(name).get(message)
      const writers = line ? [line.text] : [...sourcesOf(name).values()]
      const tellsErrors = line?.level === 'error' || query.includes('level = "error"')
      const known = (member: string): boolean =>
        [...EVERYWHERE, ...(tellsErrors ? OF_ERRORS : []), ...Object.keys(METRICS)].includes(member) ||
        writers.some((text) => new RegExp(`\\b${member}\\b`).test(text))
      return membersOf(query).flatMap((member) => (known(member) ? [] : [`${name}: ${member} in ${query}`]))
    })
    expect(strange).toEqual([])
  })
})

it('there are queries to look at', () => {
  expect([asked.length > 25, shown.length > 10]).toEqual([true, true])
  expect(membersOf('filter state = "failed" and ms > 2s | stats pct(ms, 99) as p99 by bin(5m), hosts.0 | sort p99 desc')).toEqual([
    'state',
    'ms',
    'hosts',
  ])
})
