import pc from 'picocolors'
import type { Connection } from '../../shared/contract/cluster.ts'
import type { Demo } from './tenant.ts'
import { addressesOf } from './use-ring.ts'

/** What a new user wants to know and try next. */
export function nextSteps(apiUrl: string, demo: Demo, clusterId: string, connection: Connection): string {
  const addresses = addressesOf(connection)
  const [first] = addresses
  const nodes = JSON.stringify(addresses.slice(0, 2))
  return [
    pc.bold('Where things are'),
    `  API           ${apiUrl}   (${apiUrl}/openapi.json)`,
    `  tenant's key  ${demo.key}`,
    `  platform key  ${demo.platform_key}`,
    '',
    pc.bold('Try next'),
    `  curl -s ${apiUrl}/v1/clusters/${clusterId} -H 'Authorization: Bearer ${demo.key}'`,
    `  curl -s ${apiUrl}/v1/clusters -H 'Authorization: Bearer ${demo.key}' -H 'Content-Type: application/json' \\`,
    `    -d '{"engine":"valkey","shards":3,"replicas":1,"size":"256m"}'`,
    `  redis-cli -c -h ${first?.host} -p ${first?.port} -a '${connection.password}' set greeting hello`,
    `  node -e "import('ioredis').then(async ({Cluster})=>{const c=new Cluster(${nodes.replaceAll('"', "'")},{redisOptions:{password:'${connection.password}'}});console.log(await c.set('greeting','hello'),await c.get('greeting'));c.disconnect()})"`,
    '',
  ].join('\n')
}
