import type { TenantScope } from '../../../shared/contract/key.ts'
import type { OperationId } from '../../../shared/contract/routes.ts'

/** Who may call a route, said a second time: what the route table says is held against it. */
export interface Access {
  scope: 'public' | 'platform' | TenantScope
  /** Also with the platform's keys. */
  platformToo: boolean
  /** A suspended tenant may not. */
  changes: boolean
}

const anybody: Access = { scope: 'public', platformToo: false, changes: false }
const platform: Access = { scope: 'platform', platformToo: false, changes: false }
const reading = (scope: TenantScope): Access => ({ scope, platformToo: false, changes: false })
const changing = (scope: TenantScope): Access => ({ scope, platformToo: false, changes: true })

/** Every route. The compiler asks for a new one. */
export const MATRIX: Record<OperationId, Access> = {
  createTenant: platform,
  listTenants: platform,
  getTenant: platform,
  updateTenant: platform,
  suspendTenant: platform,
  resumeTenant: platform,
  deleteTenant: platform,
  listTenantAudit: platform,
  listUsage: platform,
  listPlans: platform,
  getOwnTenant: reading('read'),

  createTenantKey: platform,
  listTenantKeys: platform,
  getTenantKey: platform,
  rotateTenantKey: platform,
  revokeTenantKey: platform,
  createKey: changing('admin'),
  listKeys: reading('admin'),
  getKey: reading('admin'),
  rotateKey: changing('admin'),
  revokeKey: changing('admin'),

  createCluster: changing('write'),
  listClusters: reading('read'),
  getCluster: reading('read'),
  updateCluster: changing('write'),
  deleteCluster: changing('write'),
  listNodes: reading('read'),
  getConnection: reading('credentials'),

  listOperations: reading('read'),
  getOperation: reading('read'),
  cancelOperation: changing('write'),

  listClusterEvents: reading('read'),
  listEvents: reading('read'),

  createWebhook: changing('write'),
  listWebhooks: reading('read'),
  getWebhook: reading('read'),
  updateWebhook: changing('write'),
  enableWebhook: changing('write'),
  disableWebhook: changing('write'),
  rotateWebhookSecret: changing('write'),
  revokePreviousWebhookSecret: changing('write'),
  deleteWebhook: changing('write'),
  testWebhook: changing('write'),
  recoverWebhook: changing('write'),
  listDeliveries: reading('read'),
  getDelivery: reading('read'),
  redeliver: changing('write'),

  listAudit: { ...reading('admin'), platformToo: true },

  listEngines: reading('read'),
  getHealth: anybody,
  getProblemType: anybody,
  getOpenApi: anybody,
}
