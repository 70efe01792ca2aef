import * as z from 'zod'
import { Cluster, Node } from '../../shared/contract/cluster.ts'
import type { Seen } from '../ring-slots.ts'
import type { Api } from './api.ts'
import { colors } from './colors.ts'
import { ringPicture } from './picture.ts'
import type { Formed } from './ring.ts'
import type { Screen } from './screen.ts'
import { timeline } from './timeline.ts'

const Nodes = z.object({ items: z.array(Node) })

/** The ring as a picture: where each node sits as the API tells it, and what it is as the ring tells it. */
export async function showRing(tenant: Api, clusterId: string, seen: Seen[], screen: Screen): Promise<void> {
  const cluster = await tenant.call('GET', `/v1/clusters/${clusterId}`, Cluster)
  const { items } = await tenant.call('GET', `/v1/clusters/${clusterId}/nodes`, Nodes)
  const kind = `${cluster.engine} ${cluster.version}, ${cluster.shards} shards x ${cluster.replicas + 1}`
  screen.line(`\n${colors.bold(`${kind}, ${cluster.state}`)}  ${clusterId}\n\n${ringPicture(items, seen)}\n`)
}

export function showFormed({ operation, postedAt, toldAt }: Formed, screen: Screen): void {
  screen.line(`${colors.bold('How it came about')}\n${timeline(operation)}`)
  if (postedAt !== undefined && toldAt !== undefined)
    screen.line(`  from the POST to the verified webhook: ${colors.bold(`${toldAt - postedAt} ms`)}`)
  screen.line('')
}
