import type { Connection } from '../../shared/contract/cluster.ts'
import { colors } from './colors.ts'
import type { Demo } from './tenant.ts'
import { addressesOf } from './use-ring.ts'

export interface Places {
  apiUrl: string
  /** Undefined: thrown away at the end. */
  dataDir: string | undefined
  logFile: string
  /** Of one of the ring's nodes. */
  task: string
}

const heading = (text: string): string => colors.bold(text)
const why = (text: string): string => colors.dim(`# ${text}`)

/** Commands begin at the margin, so that they can be taken whole; each works as it stands, in any POSIX shell. */
function commands({ apiUrl, task }: Places, demo: Demo, clusterId: string, connection: Connection): string[] {
  const [first] = addressesOf(connection)
  const authorization = `-H 'Authorization: Bearer ${demo.key}'`
  return [
    why('the ring as the API tells it'),
    `curl -s ${apiUrl}/v1/clusters/${clusterId} \\`,
    authorization,
    '',
    why('another ring'),
    `curl -s ${apiUrl}/v1/clusters -H 'Content-Type: application/json' \\`,
    `-d '{"engine":"valkey","shards":3,"replicas":1,"size":"256m"}' \\`,
    authorization,
    '',
    why('kill one of its nodes, and watch the ring mend itself (npm run local -- --help has more)'),
    `curl -s ${apiUrl}/_local/kill-task -H 'Content-Type: application/json' \\`,
    `-d '{"task":"${task}"}'`,
    '',
    why('write and read as the tenant (in this folder, for its client library)'),
    `node -e "import('ioredis').then(async ({ Cluster }) => {`,
    `  const ring = new Cluster([{ host: '${first?.host}', port: ${first?.port} }],`,
    `    { redisOptions: { username: '${connection.username}', password: '${connection.password}' } })`,
    `  console.log(await ring.set('greeting', 'hello'), await ring.get('greeting'))`,
    '  ring.disconnect()',
    '})"',
  ]
}

/** What a new user wants to know and try next. */
export function nextSteps(places: Places, demo: Demo, clusterId: string, connection: Connection): string {
  const { apiUrl, dataDir, logFile } = places
  return [
    heading('Where things are'),
    `  live page        ${apiUrl}/`,
    `  API              ${apiUrl}   (described by ${apiUrl}/openapi.json)`,
    `  tenant's key     ${demo.key}`,
    `  platform's key   ${demo.platform_key}`,
    `  data             ${dataDir ?? 'thrown away at the end; --data DIR keeps it'}`,
    `  functions' log   ${logFile}`,
    '',
    heading('Try next'),
    ...commands(places, demo, clusterId, connection),
    '',
  ].join('\n')
}
