import { rmSync } from 'node:fs'
import * as z from 'zod'
import type { Cloud, CloudOptions } from '../../local/cloud.ts'
import { type Api, api } from '../../local/demo/api.ts'
import { issueKey } from '../../local/demo/platform-key.ts'
import { stillDriver } from '../local/ecs/still-driver.ts'
import { givenCloud } from './given-cell.ts'
import { FORMED } from './simulated-ring.ts'

const Named = z.object({ id: z.string() })
const Keyed = z.object({ key: z.string() })
const SIMULATED = new URL('./simulated-ring.ts', import.meta.url).href
const LOOPBACK = new URL('../../local/webhook-policy.ts', import.meta.url).href

/** Calls of functions to AWS, the table and other functions left out, and how many were refused for their rate. */
export interface Calls {
  made: number
  refused: number
}

/** A local cloud with a tenant, whose nodes are only thought of: hundreds of them cost a machine nothing. */
export interface SimulatedCell {
  cloud: Cloud
  tenant: Api
  tenantId: string
  calls: Calls
  stop(): Promise<void>
}

function counting(calls: Calls): NonNullable<CloudOptions['around']> {
  return async ({ service }, serve) => {
    if (['dynamodb', 'lambda', 'sts'].includes(service)) return serve()
    calls.made += 1
    return serve().catch((error: unknown) => {
      if (Error.isError(error) && /Throttl|RequestLimitExceeded/.test(error.name)) calls.refused += 1
      throw error
    })
  }
}

export async function givenSimulatedCell(quota: Record<string, number>, options: Partial<CloudOptions> = {}): Promise<SimulatedCell> {
  const calls: Calls = { made: 0, refused: 0 }
  const cloud = await givenCloud({
    around: counting(calls),
    runtime: { driver: () => stillDriver().make, endScript: ':' },
    overrides: { api: LOOPBACK, deliver: LOOPBACK, observe: SIMULATED, step: SIMULATED },
    ...options,
  })
  const platform = api(cloud.apiUrl, await issueKey(cloud))
  const { id } = await platform.call('POST', '/v1/tenants', Named, { name: 'simulated', quota })
  const { key } = await platform.call('POST', `/v1/tenants/${id}/keys`, Keyed, {})
  const stop = async (): Promise<void> => {
    await cloud.stop()
    rmSync(FORMED, { recursive: true, force: true })
  }
  return { cloud, tenant: api(cloud.apiUrl, key), tenantId: id, calls, stop }
}
