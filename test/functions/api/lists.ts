import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod'
import type { Route } from '../../../shared/contract/route.ts'
import { ROUTES } from '../../../shared/contract/routes.ts'
import { PLATFORM, tenantId } from '../../../shared/platform/table.ts'
import { tableFor } from '../../../shared/platform/tenant-table.ts'
import type { Api } from './given.ts'
import { itemsOf, pathWith, type World } from './given-world.ts'

type Item = Record<string, unknown>

/** A list whose items can be put and taken by number, as if they had been made in that order. */
export interface List {
  operationId: string
  path: string
  key: string
  /** What the item of that number is called in an answer. */
  nameOf(slot: number): string
  put(slot: number): Promise<void>
  take(slot: number): Promise<void>
}

/** How an item of a list is made of another: all of them have an id, and some are numbered. */
interface Kind {
  prefix: (world: World) => string
  /** Sort keys end in the number, so wide. */
  numbered?: { field: string; width: number }
  /** In the platform's own partition, the item alone or with these of its tenant's. */
  platform?: readonly string[]
}

const KINDS: Record<string, Kind> = {
  listClusters: { prefix: () => 'CLUSTER#' },
  listNodes: { prefix: ({ ids }) => `NODE#${ids.cluster_id}#`, numbered: { field: 'ordinal', width: 4 } },
  listOperations: { prefix: () => 'OP#' },
  listClusterEvents: { prefix: ({ ids }) => `EVT#${ids.cluster_id}#`, numbered: { field: 'sequence', width: 10 } },
  listWebhooks: { prefix: () => 'WHK#' },
  listDeliveries: { prefix: ({ ids }) => `DLV#${ids.webhook_id}#` },
  listKeys: { prefix: () => 'APIKEY#' },
  listTenantKeys: { prefix: () => 'APIKEY#' },
  listAudit: { prefix: () => 'AUDIT#' },
  listTenantAudit: { prefix: () => 'AUDIT#' },
  listTenants: { prefix: () => 'TENANT#', platform: ['TENANT', 'QUOTA'] },
  listUsage: { prefix: () => 'TENANT#', platform: ['TENANT', 'QUOTA'] },
}
/** The feed only grows, at its end: test/functions/api/feed-pages.test.ts */
const APPENDED = 'listEvents'

const takesCursor = ({ query }: Route): boolean => query instanceof z.ZodObject && 'cursor' in query.shape
export const LISTED = Object.values<Route>(ROUTES).filter(takesCursor)
export const kindsMissing = (): string[] => LISTED.map(({ operationId }) => operationId).filter((id) => id !== APPENDED && !KINDS[id])

const padded = (slot: number, width: number): string => String(slot).padStart(width, '0')
/** The id of that number: of the form of the other, and sorted by the number. */
const idLike = (id: string, slot: number): string => `${id.slice(0, id.indexOf('_'))}_${padded(slot, 26)}`
const replaced = (item: Item, changes: [string, string][]): Item =>
  z.record(z.string(), z.unknown()).parse(JSON.parse(changes.reduce((text, [from, to]) => text.replaceAll(from, to), JSON.stringify(item))))

function copyOf(item: Item, { numbered }: Kind, slot: number): Item {
  const id = String(item.id)
  const copy = replaced(item, [[id, idLike(id, slot)]])
  if (!numbered) return copy
  const number = slot + 1
  return { ...copy, [numbered.field]: number, sk: `${String(item.sk).slice(0, -numbered.width)}${padded(number, numbered.width)}` }
}

/** The list of that operation, over the items of the world; what it had is taken out of it. */
export async function givenList(api: Api, world: World, operationId: string): Promise<List> {
  const [route, kind] = [LISTED.find((row) => row.operationId === operationId), KINDS[operationId]]
  if (!route || !kind) throw new Error(`there is no list ${operationId}`)
  const partition = kind.platform ? PLATFORM : world.id
  const found = await itemsOf(api, partition, kind.prefix(world))
  const original = found.find((item) => !kind.platform || item.id === world.id) ?? found[0]
  if (!original) throw new Error(`the world has nothing for ${operationId}`)
  const table = tableFor(api.deps, tenantId(world.id))
  const beside = await Promise.all((kind.platform ?? []).map(async (sortKey) => z.looseObject({}).parse(await table.get(sortKey))))
  const [name, TableName] = [String(original.id), api.deps.tableName]
  const copies = (slot: number): Item[] => [
    ...beside.map((item) => replaced(item, [[name, idLike(name, slot)]])),
    copyOf(original, kind, slot),
  ]
  const all = (slot: number, send: (item: Item) => Promise<unknown>) => Promise.all(copies(slot).map(send))
  return {
    operationId,
    path: pathWith(route.path, world.ids),
    key: route.scope === 'platform' || kind.platform ? api.platformKey : world.key,
    nameOf: (slot) => idLike(name, slot),
    put: async (slot) => {
      await all(slot, (Item) => api.dynamo.documents.send(new PutCommand({ TableName, Item })))
    },
    take: async (slot) => {
      await all(slot, ({ pk, sk }) => api.dynamo.documents.send(new DeleteCommand({ TableName, Key: { pk, sk } })))
    },
  }
}
