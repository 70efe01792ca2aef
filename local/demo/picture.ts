import type { Node } from '../../shared/contract/cluster.ts'
import type { Seen } from '../ring-slots.ts'
import { colors } from './colors.ts'

const WIDTH = 24
const pad = (text: string): string => text.slice(0, WIDTH).padEnd(WIDTH)
const shortHost = (host: string): string => host.split('/').at(-1)?.slice(0, 8) ?? host

const slotsOf = (seen: Seen | undefined): string => (seen ? seen.slots.map(([from, to]) => `${from}-${to}`).join(',') : 'unknown')

/** A box per host: which node sits there, what it is now, and what it holds. */
function box(host: string, nodes: Node[], seen: Map<string, Seen>): string[] {
  const lines = nodes.flatMap((node) => {
    const place = node.address ? `${node.address}:${node.port}` : ''
    const now = seen.get(place)
    const primary = now?.role === 'primary'
    const color = primary ? colors.green : colors.cyan
    return [
      color(pad(`${primary ? '●' : '○'} node ${node.ordinal}  ${now?.role ?? 'unknown'}`)),
      pad(`  shard ${node.shard}  ${slotsOf(now)}`),
      colors.dim(pad(`  ${place}`)),
    ]
  })
  return [
    `┌─ host ${shortHost(host)} `.padEnd(WIDTH + 3, '─').concat('┐'),
    ...lines.map((line) => `│ ${line} │`),
    `└${'─'.repeat(WIDTH + 2)}┘`,
  ]
}

/** The ring as AZs side by side, each with its hosts. */
export function ringPicture(nodes: Node[], seen: Seen[]): string {
  const byPlace = new Map(seen.map((node) => [node.place, node]))
  const azs = [...Map.groupBy(nodes, (node) => node.az)].sort(([a], [b]) => a.localeCompare(b))
  const columns = azs.map(([az, inAz]) => [
    colors.bold(` ${az}`.padEnd(WIDTH + 4)),
    ...[...Map.groupBy(inAz, (node) => node.host ?? 'none')].flatMap(([host, here]) => box(host, here, byPlace)),
  ])
  const height = Math.max(...columns.map((column) => column.length))
  const blank = ' '.repeat(WIDTH + 4)
  return Array.from({ length: height }, (_, row) => columns.map((column) => column[row] ?? blank).join(' ')).join('\n')
}
