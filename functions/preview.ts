import { ECSClient } from '@aws-sdk/client-ecs'
import * as z from 'zod'
import { ClusterSpec } from '../shared/contract/cluster.ts'
import { isoTime, systemClock } from '../shared/platform/clock.ts'
import { readEnv } from '../shared/platform/env.ts'
import { type Host, hostsOfLate, readHosts } from '../shared/platform/hosts.ts'
import { foresee } from '../shared/reconcile/foresee.ts'
import { task } from './edge/task.ts'

/** What the API asks with: whose hosts' names are told, and what would be placed. */
const PreviewEvent = z.object({ tenant_id: z.string(), spec: ClusterSpec })

export function createHandler(overrides: { hosts?: () => Promise<Host[]> } = {}) {
  const env = readEnv('preview')
  const ecs = new ECSClient({})
  const { hosts = hostsOfLate(() => readHosts(ecs, env.ECS_CLUSTER), systemClock) } = overrides
  return task(PreviewEvent, async ({ spec }, tenant) => {
    const cell = { classes: env.HOST_CLASSES, limits: env.HOST_LIMITS, hosts: await hosts() }
    return foresee(tenant, spec, cell, isoTime(systemClock.now()))
  })
}

export const handler = createHandler()
