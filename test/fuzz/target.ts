import { type Gateway, startGateway } from '../../local/gateway/gateway.ts'
import { systemTimers } from '../../local/timers.ts'
import { PLATFORM } from '../../shared/platform/table.ts'
import { tableFor } from '../../shared/platform/tenant-table.ts'
import { rateOf, setRate } from '../../shared/tenants/rate-record.ts'
import { webhookSecrets } from '../../shared/webhooks/secret.ts'
import { type Api, givenApi } from '../functions/api/given.ts'
import { givenWorld, type World } from '../functions/api/given-world.ts'

const FAST = 10_000
const PLENTY = { clusters: 1e6, nodes: 1e7, cpu_units: 1e7, memory_mib: 1e7, webhooks: 1e6, keys: 1e6, requests_per_second: FAST }
const HOST_LIMITS = JSON.stringify({ small: { max_per_az: 1, cpu_units: 4096, memory_mib: 7_000, interfaces: 10 } })
const ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:cell-1-api'

/** The API behind the gateway, on loopback, with a table; and tenants who may do as much as they like. No node runs. */
export interface Target {
  url: string
  api: Api
  tenants: World[]
  stop(): Promise<void>
}

function startInFront(api: Api): Promise<Gateway> {
  const routes = [{ key: '$default', functionArn: ARN, timeoutMs: 29_000 }]
  return startGateway({
    api: { id: 'api', name: 'api', routes },
    account: '123456789012',
    invoke: async (_name, event) => ({ payload: await api.invoke(event) }),
    timers: systemTimers,
  })
}

export async function givenTarget(count = 3): Promise<Target> {
  const parameters = new Map<string, string>()
  const secrets = {
    get: async (name: string) => parameters.get(name),
    createIfAbsent: async (name: string, make: () => string) => parameters.get(name) ?? parameters.set(name, make()).get(name) ?? '',
    put: async () => undefined,
    delete: async () => undefined,
  }
  let preview: (event: object) => Promise<unknown> = () => Promise.reject(new Error('not there yet'))
  const api = await givenApi({ webhookSecrets: webhookSecrets({ cell: 'cell-1', secrets }), preview: (event) => preview(event) })
  // Reads its environment when it is imported, of which givenApi has set the rest.
  Object.assign(process.env, { ECS_CLUSTER: 'cell-1', HOST_LIMITS: HOST_LIMITS })
  preview = (await import('../../functions/preview.ts')).createHandler({ hosts: async () => [] })
  await tableFor(api.deps, PLATFORM).transact([setRate(rateOf(FAST))])
  const tenants: World[] = []
  for (let i = 0; i < count; i += 1) {
    const world = await givenWorld(api, { labels: { team: `t${i}` } })
    await api.send('PATCH', `/v1/tenants/${world.id}`, { key: api.platformKey, body: { quota: PLENTY } })
    tenants.push(world)
  }
  const gateway = await startInFront(api)
  const stop = async (): Promise<void> => {
    await gateway.stop()
    await api.stop()
  }
  return { url: gateway.url, api, tenants, stop }
}
