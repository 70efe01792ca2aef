import * as z from 'zod'
import type { OrphanDeps } from '../shared/orphans/deps.ts'
import { sweepOrphans } from '../shared/orphans/sweep.ts'
import { idPattern } from '../shared/platform/ids.ts'
import { orphanDeps } from './orphans/deps.ts'

/** What the schedule sends says neither: it is only told what there is. */
const Asked = z.object({ repair: z.boolean().default(false), clusters: z.array(z.string().regex(idPattern('cluster'))).default([]) })

export function createHandler(overrides: Partial<OrphanDeps> = {}) {
  const deps = orphanDeps(overrides)
  return async (event: unknown) => sweepOrphans(deps, Asked.parse(event))
}

export const handler = createHandler()
