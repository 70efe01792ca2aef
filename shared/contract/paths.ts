import * as z from 'zod'
import { Id } from './ids.ts'

/** Path parameters that several rows share. */
export const TenantPath = z.strictObject({ tenant_id: Id('tenant') })
export const KeyPath = z.strictObject({ key_id: Id('key') })
export const TenantKeyPath = z.strictObject({ tenant_id: Id('tenant'), key_id: Id('key') })
export const ClusterPath = z.strictObject({ cluster_id: Id('cluster') })
export const WebhookPath = z.strictObject({ webhook_id: Id('webhook') })
export const DeliveryPath = z.strictObject({ webhook_id: Id('webhook'), delivery_id: Id('delivery') })
