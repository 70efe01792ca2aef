import { readFile } from 'node:fs/promises'
import type { Plugin } from 'esbuild'

const CLOSING: Record<string, string> = { '(': ')', '{': '}', '[': ']' }

/** Past the text literal that begins at `at`. */
function pastText(source: string, at: number): number {
  const quote = source[at]
  let end = at + 1
  while (end < source.length && source[end] !== quote) end += source[end] === '\\' ? 2 : 1
  return end + 1
}

/** Past the bracket that closes the one at `open`. @throws for what is not closed */
function pastBrackets(source: string, open: number): number {
  const waiting: string[] = []
  for (let at = open; at < source.length; ) {
    const char = source[at] ?? ''
    if (`'"\``.includes(char)) {
      at = pastText(source, at)
      continue
    }
    const closing = CLOSING[char]
    if (closing !== undefined) waiting.push(closing)
    else if (char === waiting.at(-1)) waiting.pop()
    at += 1
    if (waiting.length === 0) return at
  }
  throw new Error('a call of .meta( is never closed')
}

/** A row of the route table without the schema of its answer. */
const withoutResponses = (source: string): string => source.replaceAll(/\bresponse: [^\n]*?,(?=\n| headers)/g, '')

/**
 * Schemas are made by calls of `z`, of other schemas and of what makes schemas, all named in capitals: none does anything else, so
 * that esbuild may drop the ones that nobody uses any more.
 */
const pure = (source: string): string => source.replaceAll(/(?<=[\s([{,:])(?=(?:z\.\w+|[A-Z]\w*(?:\.\w+)*)\()/g, '/* @__PURE__ */ ')

/** A module without its `.meta({...})` calls. */
export function withoutMeta(source: string): string {
  const start = source.indexOf('.meta({')
  if (start === -1) return source
  const end = pastBrackets(source, start + '.meta'.length)
  return source.slice(0, start).trimEnd() + withoutMeta(source.slice(end))
}

/**
 * Takes what only the OpenAPI document says of a schema out of the functions: each description makes a copy of its schema at
 * every cold start, and its text is read by nobody there.
 */
export const undescribed: Plugin = {
  name: 'undescribed',
  setup: (build) => {
    build.onLoad({ filter: /\/shared\/(?:contract|engines)\/.*\.ts$/ }, async ({ path }) => ({
      contents: pure(withoutResponses(withoutMeta(await readFile(path, 'utf8')))),
      loader: 'ts',
    }))
  },
}
