import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'

const Digest = z.string().regex(/^sha256:[0-9a-f]{64}$/)
const Base = z.strictObject({
  /** The folder of its Dockerfile. */
  engine: z.string(),
  version: z.string(),
  /** As task definitions name it. */
  image: z.string(),
  /** Of the index of all architectures; null where none is known yet. */
  digest: Digest.nullable(),
  /** When and where the digest was seen. */
  seen: z.array(z.string()).min(1),
})
export type Base = z.infer<typeof Base>
export type PinnedBase = Base & { digest: string }
const Bases = z.strictObject({ note: z.string(), bases: z.array(Base) })

export const IMAGES = join(import.meta.dirname, '..', '..', 'images')
const FILE = join(IMAGES, 'bases.json')

/** What images are built on: images/bases.json. */
export const readBases = (): Base[] => Bases.parse(JSON.parse(readFileSync(FILE, 'utf8'))).bases

export const isPinned = (base: Base): base is PinnedBase => base.digest !== null

/** @throws Error that names what to do, where one has no digest */
export function pinned(bases: Base[]): PinnedBase[] {
  const open = bases.filter((base) => !isPinned(base))
  if (open.length > 0) throw new Error(`No digest is known of ${open.map(({ image }) => image).join(', ')}: npm run images -- --pin`)
  return bases.filter(isPinned)
}

/** Puts bases with new digests in the place of those of their image. */
export function writeBases(changed: Base[]): void {
  const { note, bases } = Bases.parse(JSON.parse(readFileSync(FILE, 'utf8')))
  const now = bases.map((base) => changed.find(({ image }) => image === base.image) ?? base)
  writeFileSync(FILE, `${JSON.stringify({ note, bases: now }, undefined, 2)}\n`)
}
