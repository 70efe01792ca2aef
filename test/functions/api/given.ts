import { paginateScan } from '@aws-sdk/lib-dynamodb'
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda'
import * as z from 'zod'
import { config } from '../../../cdk/configured.ts'
import { plansVariable } from '../../../cdk/variables.ts'
import type { ApiDeps } from '../../../functions/api/deps.ts'
import { readCluster } from '../../../shared/clusters/lease.ts'
import type { ClusterRecord } from '../../../shared/clusters/record.ts'
import { buildOpenApi, openApiText } from '../../../shared/contract/openapi.ts'
import type { TenantCreate } from '../../../shared/contract/tenant.ts'
import { sk, tenantId } from '../../../shared/platform/table.ts'
import { tableFor } from '../../../shared/platform/tenant-table.ts'
import { issuePlatformKey } from '../../../shared/tenants/platform-keys.ts'
import { publicTargets } from '../../../shared/webhooks/target.ts'
import type { Faults } from '../../local/dynamodb/failing.ts'
import { cellTable, type GivenDynamo, givenDynamo, tableOver } from '../../local/dynamodb/given.ts'
import { conformance } from '../../support/conformance.ts'

export const AZS = ['eu-west-1a', 'eu-west-1b', 'eu-west-1c']
const providers = Object.fromEntries(AZS.map((az) => [az, `small-${az}`]))

/** What Lambda would have set: the function reads it when it is imported. */
const ENVIRONMENT = {
  CELL: 'cell-1',
  TABLE_NAME: cellTable.name,
  TENANT_ROLE_ARN: 'arn:aws:iam::123456789012:role/tenant',
  KEYS_ROLE_ARN: 'arn:aws:iam::123456789012:role/keys',
  STATE_MACHINE_ARN: 'arn:aws:states:eu-west-1:123456789012:stateMachine:cell-1',
  HOST_CLASSES: JSON.stringify([{ name: 'small', max_node_memory_mib: 7_000, network: 'own', capacity_providers: providers }]),
  ZONE_NAME: 'cell-1.ringhold.internal',
  OPERATION_TIMEOUT_SECONDS: '900',
  PRICES: JSON.stringify({ currency: 'USD', vcpu_hour: 0.03238, gib_hour: 0.00356, disk_gib_month: 0.08 }),
  PREVIEW_FUNCTION: 'cell-1-preview',
  PLANS: plansVariable(config),
  ISSUERS: '[]',
  AWS_REGION: 'eu-west-1',
}

export interface Reply {
  status: number
  headers: Record<string, string>
  /** Parsed, or undefined when there is none. */
  body: unknown
  text: string
}
export interface Sent {
  key?: string
  body?: unknown
  headers?: Record<string, string>
  query?: Record<string, string>
  /** The body is sent as API Gateway sends what it holds for binary. */
  base64?: boolean
}
export interface Api {
  dynamo: GivenDynamo
  deps: ApiDeps
  /** The clusters for which work was started. */
  started: ClusterRecord[]
  log: unknown[]
  /** Of the parameter store. */
  secrets: Map<string, string>
  platformKey: string
  send(method: string, path: string, sent?: Sent): Promise<Reply>
  /** A tenant and a key that may do everything in it. */
  tenant(body?: Partial<TenantCreate>): Promise<{ id: string; key: string }>
  /** The handler, as Lambda calls it. */
  invoke(event: unknown): Promise<unknown>
  /** All that is in the table. */
  items(): Promise<Record<string, unknown>[]>
  /** The same but for what every request leaves: its entry in the audit trail, how many there were, and when a key was used. */
  kept(): Promise<Record<string, unknown>[]>
  stop(): Promise<void>
}

const NAMED = z.object({ id: z.string() })
const KEYED = z.object({ key: z.string() })

export function givenEvent(
  method: string,
  path: string,
  { key, body, headers = {}, query, base64 = false }: Sent = {},
): APIGatewayProxyEventV2 {
  const text = typeof body === 'string' ? body : body === undefined ? undefined : JSON.stringify(body)
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: new URLSearchParams(query).toString(),
    headers: {
      ...(text === undefined ? {} : { 'content-type': 'application/json' }),
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...headers,
    },
    ...(query ? { queryStringParameters: query } : {}),
    requestContext: {
      accountId: '123456789012',
      apiId: 'api',
      domainName: 'api.example',
      domainPrefix: 'api',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: headers['user-agent'] ?? 'test' },
      requestId: crypto.randomUUID(),
      routeKey: '$default',
      stage: '$default',
      time: '22/Nov/2030:12:00:00 +0000',
      timeEpoch: 0,
    },
    ...(text === undefined ? {} : { body: base64 ? Buffer.from(text).toString('base64') : text }),
    isBase64Encoded: base64,
  }
}

export async function givenApi(overrides: Partial<ApiDeps> = {}, faults?: Faults): Promise<Api> {
  Object.assign(process.env, ENVIRONMENT)
  const { createHandler } = await import('../../../functions/api.ts')
  const { apiDeps } = await import('../../../functions/api/deps.ts')
  const dynamo = await givenDynamo(faults ? { faults } : {})
  const started: ClusterRecord[] = []
  const log: unknown[] = []
  const secrets = new Map<string, string>()
  const given: Partial<ApiDeps> = {
    ...tableOver(dynamo.documents),
    log: {
      info: (...line) => log.push(line),
      warn: (...line) => log.push(line),
      error: (...line) => log.push(line),
    },
    secrets: { get: async (name) => secrets.get(name) },
    webhookSecrets: { issue: async (id) => `whsec_${id}`, read: async (id) => `whsec_${id}` },
    startWork: async (cluster) => {
      started.push(cluster)
    },
    openApi: async () => openApiText(),
    // No test asks the world's DNS: no name resolves.
    targetPolicy: publicTargets(async () => []),
    ...overrides,
  }
  const handler = createHandler(given)
  const deps = apiDeps(given)
  const platformKey = (await issuePlatformKey(deps)).key
  const departs = conformance(buildOpenApi())

  const send = async (method: string, path: string, sent: Sent = {}): Promise<Reply> => {
    const result = await handler(givenEvent(method, path, sent), {} as Context)
    if ('status' in result) throw new Error('the answer is not of the form of API Gateway')
    const text = result.body ?? ''
    const headers = Object.fromEntries(Object.entries(result.headers ?? {}).map(([name, value]) => [name, String(value)]))
    const reply = { status: result.statusCode ?? 0, headers, text, body: text === '' ? undefined : JSON.parse(text) }
    const departure = departs(method, path, reply)
    if (departure) throw new Error(departure)
    return reply
  }
  const invoke = (event: unknown) => handler(event as APIGatewayProxyEventV2, {} as Context)
  const tenant = async (body: Partial<TenantCreate> = {}) => {
    const { id } = NAMED.parse((await send('POST', '/v1/tenants', { key: platformKey, body: { name: 'Acme', ...body } })).body)
    const made = await send('POST', `/v1/tenants/${id}/keys`, { key: platformKey, body: {} })
    return { id, key: KEYED.parse(made.body).key }
  }
  const items = async () => {
    const all = []
    const scan = { client: dynamo.documents }
    for await (const page of paginateScan(scan, { TableName: cellTable.name, ConsistentRead: true })) all.push(...(page.Items ?? []))
    return all
  }
  const kept = async () =>
    (await items()).filter(({ sk: key }) => !/^(AUDIT#|RATE$)/.test(String(key))).map(({ last_used_at: _used, ...item }) => item)
  return { dynamo, deps, started, log, secrets, platformKey, send, invoke, tenant, items, kept, stop: dynamo.stop }
}

const Accepted = z.object({ id: z.string(), operation: z.object({ id: z.string() }) })
export const SMALL = { engine: 'valkey', size: '256m' }

/** A cluster that was accepted, by its id and its operation's. */
export async function givenCluster(api: Api, key: string, body: object = {}): Promise<{ id: string; operation: string }> {
  const accepted = Accepted.parse((await api.send('POST', '/v1/clusters', { key, body: { ...SMALL, ...body } })).body)
  return { id: accepted.id, operation: accepted.operation.id }
}

/** Changes what the loop would have changed. */
export async function givenRecord(api: Api, tenant: string, id: string, change: Partial<ClusterRecord>): Promise<void> {
  const table = tableFor(api.deps, tenantId(tenant))
  await table.put(sk.cluster(id), { ...(await readCluster(table, id)), ...change })
}
