import { parseArgs } from 'node:util'
import * as z from 'zod'
import { ACTIONS, isAction } from './actions.ts'

/** A request to the local cloud, or what to print instead of one. */
export type Wanted =
  | { method: 'GET' | 'POST' | 'DELETE'; path: string; body?: object; port: number | undefined }
  | { print: string; exitCode: number }

const lines = Object.entries(ACTIONS).map(([name, { about, example }]) => {
  const [[, first] = [], ...rest] = Object.entries(example)
  const flags = rest.map(([flag, value]) => ` --${flag} ${typeof value === 'object' ? `'${JSON.stringify(value)}'` : value}`)
  return `  ${name} ${first}${flags.join('')}\n      ${about}`
})
const HELP = `npm run local -- COMMAND: disturbs the cloud that npm start runs here. Everything of it, as JSON: GET /_local

${lines.join('\n')}
  state
      Everything the page shows, as JSON
  faults
      What is disturbed now
  remove f1
      Takes one of them away; remove all takes all away

  --port N    the cloud's API; by default that of the npm start of this checkout, else 8080
  --help      this
`

/** `--delay_ms 500`, `--delay-ms=500`, `--pattern '{...}'`: numbers and JSON for what they are, everything else as text. */
function parsedWord(text: string): unknown {
  if (!/^(-?\d+(\.\d+)?|true|false|[{[].*)$/s.test(text)) return text
  return JSON.parse(text)
}

function flagsOf(tokens: string[], fields: string[]): Record<string, unknown> {
  const options = Object.fromEntries(
    fields.flatMap((field) => [field, field.replaceAll('_', '-')].map((n) => [n, { type: 'string' } as const])),
  )
  const { values } = parseArgs({ args: tokens, options, allowPositionals: false })
  return Object.fromEntries(
    Object.entries(values).flatMap(([n, text]) => (typeof text === 'string' ? [[n.replaceAll('-', '_'), parsedWord(text)]] : [])),
  )
}

const Schema = z.object({
  properties: z.record(z.string(), z.unknown()).default({}),
  oneOf: z.array(z.object({ properties: z.record(z.string(), z.unknown()) })).default([]),
})

/** The names that an action's body may have. */
function fieldsOf(name: keyof typeof ACTIONS): string[] {
  const { properties, oneOf } = Schema.parse(z.toJSONSchema(ACTIONS[name].body, { io: 'input', unrepresentable: 'any' }))
  return [...new Set([properties, ...oneOf.map((each) => each.properties)].flatMap(Object.keys))]
}

function actionWanted(name: keyof typeof ACTIONS, args: string[], port: number | undefined): Wanted {
  const [subject = ''] = Object.keys(ACTIONS[name].example)
  const [first, ...rest] = args
  const named = first !== undefined && !first.startsWith('--')
  // The thing itself is text, though it may look like a number.
  const asText = typeof Object.values(ACTIONS[name].example)[0] === 'string'
  const given = named ? { [subject]: asText ? first : parsedWord(first) } : {}
  return { method: 'POST', path: `/_local/${name}`, body: { ...given, ...flagsOf(named ? rest : args, fieldsOf(name)) }, port }
}

function takePort(args: string[]): { port: number | undefined; rest: string[] } {
  const at = args.findIndex((each) => each === '--port' || each.startsWith('--port='))
  if (at < 0) return { port: undefined, rest: args }
  const [, inline] = (args[at] ?? '').split('=')
  const text = inline ?? args[at + 1] ?? ''
  if (!/^\d{1,5}$/.test(text)) throw new Error(`--port ${text} is not a port`)
  return { port: Number(text), rest: args.toSpliced(at, inline === undefined ? 2 : 1) }
}

/** Reads the command line of `npm run local`. */
export function wantedBy(args: string[]): Wanted {
  try {
    const { port, rest } = takePort(args)
    const [name = '--help', ...more] = rest
    if (rest.includes('--help')) return { print: HELP, exitCode: 0 }
    if (name === '--help') return { print: HELP, exitCode: 2 }
    if (name === 'state' || name === 'faults') return { method: 'GET', path: `/_local/${name}`, port }
    if (name === 'remove' && more[0] === 'all') return { method: 'DELETE', path: '/_local/faults', port }
    if (name === 'remove' && more[0] !== undefined) return { method: 'DELETE', path: `/_local/faults/${encodeURIComponent(more[0])}`, port }
    if (isAction(name)) return actionWanted(name, more, port)
    throw new Error(`there is no command ${[name, ...more].join(' ')}`)
  } catch (error) {
    return { print: `${Error.isError(error) ? error.message : String(error)}\n\n${HELP}`, exitCode: 2 }
  }
}
