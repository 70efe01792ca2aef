import * as z from 'zod'

/**
 * Sizes are named by memory. CPU is in ECS units, 1024 a vCPU: hosts have 8 GiB a vCPU, and every node its share of theirs, to
 * which it falls back when its neighbours are busy.
 */
export const SIZES = {
  '256m': { memory_mib: 256, cpu_units: 32 },
  '512m': { memory_mib: 512, cpu_units: 64 },
  '1g': { memory_mib: 1024, cpu_units: 128 },
  '2g': { memory_mib: 2048, cpu_units: 256 },
  '4g': { memory_mib: 4096, cpu_units: 512 },
  '8g': { memory_mib: 8192, cpu_units: 1024 },
  '16g': { memory_mib: 16384, cpu_units: 2048 },
  '32g': { memory_mib: 32768, cpu_units: 4096 },
  '64g': { memory_mib: 65536, cpu_units: 8192 },
} as const

export const SIZE_NAMES = ['256m', '512m', '1g', '2g', '4g', '8g', '16g', '32g', '64g'] as const satisfies readonly (keyof typeof SIZES)[]
export const Size = z.enum(SIZE_NAMES, { error: `is not a size on offer: ${SIZE_NAMES.join(', ')}` })
export type Size = z.infer<typeof Size>

/** What one node of that size has: a hard limit of memory, and the CPU that is kept for it. */
export const sizeOf = (size: Size): { memory_mib: number; cpu_units: number } => SIZES[size]
