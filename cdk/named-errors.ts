import { readdirSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Plugin } from 'esbuild'

/** Where a client of the SDK tells its protocol which classes its errors have. */
const SCHEMAS = /\/node_modules\/@aws-sdk\/client-[^\\/]+\/dist-es\/schemas\/schemas_0\.js$/
const REGISTRATION = /^n0_registry\.registerError\((\w+)\$, \1\);$/gm

/** A schema is an array. The bundler drops one that nothing asks for as soon as it knows that making it does nothing else. */
const droppable = (schemas: string): string =>
  schemas.replace(/^((?:export )?var \w+\$? = )(\[[^;]*\]);$/gm, '$1/* @__PURE__ */ (() => $2)();')

/**
 * What our code imports from the SDK's clients, of all TypeScript files under `roots`.
 * @throws where something is imported in another way than by its name: what is then used could not be known
 */
export function importedFromClients(roots: string[]): Set<string> {
  const names = new Set<string>()
  for (const root of roots)
    for (const file of readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'))) {
      const source = readFileSync(join(root, file), 'utf8')
      const byName = [...source.matchAll(/\b(?:import|export)\s+(?:type\s+)?\{([^}]*)\}\s+from\s+'@aws-sdk\/client-/g)]
      if (byName.length !== source.split("'@aws-sdk/client-").length - 1) throw new Error(`${file} imports a client of the SDK not by name`)
      for (const [, list = ''] of byName) for (const name of list.matchAll(/(?:type\s+)?(\w+)[^,]*/g)) names.add(name[1] ?? '')
    }
  return names
}

/** Classes that carry more than a name: the SDK's retries read `$retryable`. */
const retryable = (classes: string): string[] =>
  classes.split('export class ').flatMap((text) => (text.includes('$retryable') ? (/^\w+/.exec(text) ?? []) : []))

/**
 * Leaves out the classes of errors that nobody names. Each registration is a side effect that keeps its class and its schema (of SSM alone
 * 75 kB); without one the SDK makes the client's base exception, with the error's name, message, fault and `$metadata`:
 * `getErrorSchemaOrThrowBaseException` in @aws-sdk/core. Only of the JSON protocols without the older query's names, in which
 * what AWS sends is the name (not of Lambda, Route 53 and SQS).
 * @throws (in the build) when a client is not laid out as is known here
 */
export const namedErrorsOnly = (named: ReadonlySet<string>): Plugin => ({
  name: 'named-errors-only',
  setup: (build) => {
    const seen = new Set<string>()
    const clients = new Set<string>()
    build.onLoad({ filter: /\/node_modules\/@aws-sdk\/client-[^\\/]+\/dist-es\/index\.js$/ }, ({ path }) => {
      clients.add(join(path, '..'))
      return undefined
    })
    build.onLoad({ filter: SCHEMAS }, async ({ path }) => {
      const client = join(path, '..', '..')
      seen.add(client)
      const [schemas, shared] = await Promise.all([readFile(path, 'utf8'), readFile(join(client, 'runtimeConfig.shared.js'), 'utf8')])
      const namesAsSent = /\?\? AwsJson1_[01]Protocol\b/.test(shared) && !shared.includes('awsQueryCompatible')
      if (!namesAsSent) return { contents: droppable(schemas), loader: 'js' }
      const classes = await readFile(join(client, 'models', 'errors.js'), 'utf8')
      const registered = [...schemas.matchAll(REGISTRATION)].map(([, name = '']) => name)
      const declared = [...classes.matchAll(/^export class (\w+)/gm)].map(([, name = '']) => name)
      // One more is the base exception's, which stays.
      if (registered.length === 0 || schemas.split('.registerError(').length - 1 !== registered.length + 1)
        throw new Error(`${path} registers its errors in a way that is not known`)
      if (declared.sort().join() !== registered.sort().join()) throw new Error(`${path} does not register what models/errors.js declares`)
      const kept = new Set([...named, ...retryable(classes)])
      const left = schemas.replace(REGISTRATION, (line, name: string) => (kept.has(name) ? line : ''))
      return { contents: droppable(left), loader: 'js' }
    })
    build.onEnd(() => {
      const missed = [...clients].filter((client) => !seen.has(client))
      if (missed.length > 0) throw new Error(`no schemas where they were: ${missed.join(', ')}`)
    })
  },
})
