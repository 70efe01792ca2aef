import { parseArgs } from 'node:util'

export interface StartOptions {
  once: boolean
  dataDir: string | undefined
  port: number
}

const HELP = `Ringhold on one machine: the deployed template, run locally, with a demo ring in it.

  npm start                      start, show the demo, stay up until Ctrl-C
  npm start -- --once            start, show the demo, stop; exit code 0 only if all of it was true
  npm start -- --data DIR        keep tenants, rings and their data in DIR, and come back with them
  npm start -- --port N          the API's port (default 8080; 0 takes a free one)
  npm start -- --help            this
`

/** Parses the command line of \`npm start\`; answers a text to print instead of starting. */
export function parseOptions(args: string[]): StartOptions | { print: string; exitCode: number } {
  try {
    const { values } = parseArgs({
      args,
      options: {
        once: { type: 'boolean', default: false },
        data: { type: 'string' },
        port: { type: 'string', default: '8080' },
        help: { type: 'boolean', default: false },
      },
    })
    if (values.help) return { print: HELP, exitCode: 0 }
    const port = Number(values.port)
    if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`--port ${values.port} is not a port (0 to 65535)`)
    return { once: values.once, dataDir: values.data, port }
  } catch (error) {
    return { print: `${Error.isError(error) ? error.message : String(error)}\n\n${HELP}`, exitCode: 2 }
  }
}
