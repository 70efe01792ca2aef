import * as z from 'zod'
import { Durability, EngineName } from './cluster.ts'
import { Size } from './sizes.ts'

const Range = z.object({ min: z.int(), max: z.int(), default: z.int() })

/** One engine as it can be had here. */
export const EngineOffer = z.object({
  engine: EngineName,
  versions: z.array(z.string()),
  default_version: z.string(),
  shards: Range,
  replicas: Range,
  durabilities: z.array(Durability),
})

/** All that a create can choose from in this cell. */
export const Offer = z.object({
  engines: z.array(EngineOffer),
  sizes: z.array(z.object({ size: Size, memory_mib: z.int(), cpu_units: z.int() })),
  azs: z.array(z.string()),
})
export type Offer = z.infer<typeof Offer>
