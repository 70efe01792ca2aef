import { parseArgs } from 'node:util'
import { messageOf } from './trouble.ts'

export interface StartOptions {
  once: boolean
  dataDir: string | undefined
  /** Where the API is to be; undefined takes the usual port, or a free one when that is taken. */
  port: number | undefined
  /** Where downloaded engines are kept; undefined is the checkout's own cache. */
  cacheDir: string | undefined
  /** Nodes are containers of this machine's Docker Engine, not processes. */
  docker: boolean
  /** Containers have a network of their own. */
  bridge: boolean
}

export const USUAL_PORT = 8080

const HELP = `Ringhold on one machine: the deployed template, run locally, with a demo ring in it.

  npm start                      start, show the demo, stay up until Ctrl-C; nothing is kept
  npm start -- --once            start, show the demo, stop; exit code 0 only if all of it was true
  npm start -- --data DIR        keep tenants, rings and their data in DIR, and come back with them
  npm start -- --port N          the API's port; 0 takes a free one
                                 (default ${USUAL_PORT}, or a free one when that is taken)
  npm start -- --cache DIR       where downloaded engines are kept (default .cache)
  npm start -- --docker          nodes are containers of Docker Engine, with their limits of memory and CPU
  npm start -- --docker --bridge the same in a network of their own (10.128.0.0/10), not in the machine's
  npm start -- --help            this

Plain output: NO_COLOR=1. What runs, where it differs from AWS, what to do when: docs/local.md
`

/** Parses the command line of `npm start`; answers a text to print instead of starting. */
export function parseOptions(args: string[]): StartOptions | { print: string; exitCode: number } {
  try {
    const { values } = parseArgs({
      args,
      options: {
        once: { type: 'boolean', default: false },
        data: { type: 'string' },
        port: { type: 'string' },
        cache: { type: 'string' },
        docker: { type: 'boolean', default: false },
        bridge: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    if (values.help) return { print: HELP, exitCode: 0 }
    if (values.data === '') throw new Error('--data needs a directory')
    if (values.bridge && !values.docker) throw new Error('--bridge is a network of containers: it needs --docker')
    const port = values.port === undefined ? undefined : Number(values.port)
    if (port !== undefined && !(values.port?.match(/^\d+$/) && port <= 65_535))
      throw new Error(`--port ${values.port} is not a port (0 to 65535)`)
    return { once: values.once, dataDir: values.data, port, cacheDir: values.cache, docker: values.docker, bridge: values.bridge }
  } catch (error) {
    return { print: `${messageOf(error)}\n\n${HELP}`, exitCode: 2 }
  }
}
