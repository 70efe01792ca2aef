import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type * as z from 'zod'
import { type Cloud, type CloudOptions, startCloud } from '../../local/cloud.ts'
import { type Api, api } from '../../local/demo/api.ts'
import { issueKey } from '../../local/demo/platform-key.ts'
import { type Receiver, startReceiver } from '../../local/demo/receiver.ts'
import { type Demo, makeTenant } from '../../local/demo/tenant.ts'
import { createImages } from '../../local/images/images.ts'
import { synthesise } from '../../local/synth.ts'
import { AcceptedCluster } from '../../shared/contract/cluster.ts'
import { buildOpenApi } from '../../shared/contract/openapi.ts'
import { Operation } from '../../shared/contract/operation.ts'
import { type Conforms, conformance } from './conformance.ts'

const ROOT = join(import.meta.dirname, '..', '..')
export const OUT = join(ROOT, 'cdk.out')
const LOOPBACK_WEBHOOKS = new URL('../../local/webhook-policy.ts', import.meta.url).href

/** The whole stack from the synthesised template, with a tenant and its webhook receiver. */
export interface Cell {
  cloud: Cloud
  tenant: Api
  demo: Demo
  receiver: Receiver
  stop(): Promise<void>
}

export const RING = { engine: 'valkey', shards: 3, replicas: 1, size: '256m' }

/** The images that tests run; fetched once into the project's cache. */
export const images = () => createImages({ cacheDir: join(ROOT, '.cache', 'images'), path: process.env.PATH ?? '' })

export async function givenCloud(options: Partial<CloudOptions> = {}): Promise<Cloud> {
  if (!existsSync(join(OUT, 'manifest.json'))) await synthesise(OUT)
  return startCloud({ outDir: OUT, images: images(), overrides: { api: LOOPBACK_WEBHOOKS, deliver: LOOPBACK_WEBHOOKS }, ...options })
}

let departs: Conforms | undefined

/** The API as a tenant calls it; every answer is held against the description. */
export const tenantApi = (apiUrl: string, key: string): Api => api(apiUrl, key, { onAnswer: conforming })

function conforming(...answered: Parameters<Conforms>): void {
  departs ??= conformance(buildOpenApi())
  const departure = departs(...answered)
  if (departure) throw new Error(departure)
}

export async function givenCell(options: Partial<CloudOptions> = {}): Promise<Cell> {
  const receiver = await startReceiver()
  const cloud = await givenCloud(options)
  const demo = await makeTenant(cloud.apiUrl, await issueKey(cloud), receiver, { onAnswer: conforming })
  receiver.trust(demo.webhook_secret)
  const stop = async (): Promise<void> => {
    await cloud.stop()
    await receiver.stop()
  }
  return { cloud, tenant: tenantApi(cloud.apiUrl, demo.key), demo, receiver, stop }
}

/** Asks for a ring; the answer is the cluster with its operation. */
export const postRing = (tenant: Api, body: object = RING): Promise<AcceptedCluster> =>
  tenant.call('POST', '/v1/clusters', AcceptedCluster, body)

export const deleteRing = (tenant: Api, id: string): Promise<AcceptedCluster> =>
  tenant.call('DELETE', `/v1/clusters/${id}`, AcceptedCluster)

/** Waits until an operation has ended, asking every so often; fails with what it waits for after the bound. */
export async function ended(tenant: Api, operationId: string, timeoutMs = 60_000, everyMs = 50): Promise<z.infer<typeof Operation>> {
  const end = Date.now() + timeoutMs
  for (;;) {
    const operation = await tenant.call('GET', `/v1/operations/${operationId}`, Operation)
    if (operation.state !== 'running') return operation
    if (Date.now() > end) throw new Error(`${operation.type} still waits: ${JSON.stringify(operation)}`)
    await new Promise((resolve) => setTimeout(resolve, everyMs))
  }
}
