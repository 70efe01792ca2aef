import { readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'

export interface StaticFile {
  type: string
  body: Buffer
}

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}
const DIRECTORY = join(import.meta.dirname, 'static')

/** The page's own files, by name; there is nothing else that a path could reach. */
export const staticFiles = (): ReadonlyMap<string, StaticFile> =>
  new Map(
    readdirSync(DIRECTORY).flatMap((name) => {
      const type = TYPES[extname(name)]
      return type === undefined ? [] : [[name, { type, body: readFileSync(join(DIRECTORY, name)) }]]
    }),
  )

/** Nothing from anywhere else, nothing written into the page, and no page around it. */
export const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')
