import { parseArgs } from 'node:util'
import { SIZE_NAMES, Size } from '../../shared/contract/sizes.ts'
import { ConfigError } from '../cells.ts'
import { config } from '../configured.ts'
import { planOf } from './plan.ts'
import { type RingKind, SMALLEST } from './ring.ts'
import { tableOf } from './table.ts'

const HELP = `What a fleet of rings needs of AWS and costs a month, from ringhold.config.ts and the list prices of cdk/aws-prices.ts.

  npm run capacity -- [--rings N]... [--size SIZE] [--shards N] [--replicas N] [--json]

  --rings N     how many; may be given more than once. Default: 100, 1000 and 10000
  --size SIZE   of each node: ${SIZE_NAMES.join(', ')}. Default: ${SMALLEST.size}
  --shards N    default ${SMALLEST.shards}
  --replicas N  of each shard; default ${SMALLEST.replicas}
  --json        for programs: everything that the table is made of
  --help        this`

const FLEETS = ['100', '1000', '10000']

/** @throws Error saying what was asked for instead */
function whole(text: string, name: string, least: number): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < least) throw new Error(`--${name} takes a whole number of at least ${least}, not ${text}`)
  return value
}

/** @returns what to print */
function answer(): string {
  const { values } = parseArgs({
    options: {
      help: { type: 'boolean', short: 'h', default: false },
      json: { type: 'boolean', default: false },
      rings: { type: 'string', multiple: true, default: FLEETS },
      size: { type: 'string', default: SMALLEST.size },
      shards: { type: 'string', default: String(SMALLEST.shards) },
      replicas: { type: 'string', default: String(SMALLEST.replicas) },
    },
  })
  if (values.help) return HELP
  const size = Size.safeParse(values.size)
  if (!size.success) throw new Error(`--size takes one of ${SIZE_NAMES.join(', ')}, not ${values.size}`)
  const kind: RingKind = { shards: whole(values.shards, 'shards', 1), replicas: whole(values.replicas, 'replicas', 0), size: size.data }
  const plans = values.rings.map((rings) => planOf(config, kind, whole(rings, 'rings', 0)))
  if (values.json) return JSON.stringify({ cell: config.cell, region: config.region, kind, plans }, undefined, 2)
  const what = `rings of ${kind.shards} shards with ${kind.replicas} replicas, ${kind.size} a node`
  return `${config.cell} in ${config.region}: ${what}; any one host of each AZ may be lost\n\n${tableOf(plans)}`
}

try {
  console.log(answer())
} catch (error) {
  if (!Error.isError(error)) throw error
  console.error(error instanceof ConfigError ? error.message : `${error.message}\n\n${HELP}`)
  process.exitCode = 1
}
