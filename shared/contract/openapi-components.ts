import { Actor, AuditEntry } from './audit.ts'
import { AcceptedCluster, Cluster, ClusterCreate, ClusterPatch, Condition, Connection, ExpandedCluster, Node } from './cluster.ts'
import { ClusterPreview, Placement } from './cluster-preview.ts'
import { Attempt, Delivery, DeliveryWithAttempts, Recovered, Recovery } from './delivery.ts'
import { Event, FeedEvent, PushedEvent } from './event.ts'
import { Key, KeyCreate, KeyRotate, KeyWithSecret } from './key.ts'
import { Offer } from './offer.ts'
import { Operation } from './operation.ts'
import { Plan } from './plan.ts'
import { Price } from './price.ts'
import { Problem, ProblemType } from './problem.ts'
import { Quota, QuotaChanges, QuotaOverrides, Usage } from './quota.ts'
import { Tenant, TenantCreate, TenantSuspend, TenantUpdate, TenantUsage } from './tenant.ts'
import { SecretRotation, Webhook, WebhookCreate, WebhookUpdate, WebhookWithSecret } from './webhook.ts'
import { ClusterEventData, WebhookEventData } from './webhook-payload.ts'

/** Names are given here and not in the schemas: another reader of them (a service broker's catalog) wants them inlined. */
export const COMPONENTS = {
  AcceptedCluster,
  Actor,
  Attempt,
  AuditEntry,
  Cluster,
  ClusterCreate,
  ClusterEventData,
  ClusterPatch,
  ClusterPreview,
  Condition,
  Connection,
  Delivery,
  DeliveryWithAttempts,
  Event,
  ExpandedCluster,
  FeedEvent,
  Key,
  KeyCreate,
  KeyRotate,
  KeyWithSecret,
  Node,
  Offer,
  Operation,
  Placement,
  Plan,
  Price,
  Problem,
  ProblemType,
  PushedEvent,
  Quota,
  QuotaChanges,
  QuotaOverrides,
  Recovered,
  Recovery,
  SecretRotation,
  Tenant,
  TenantCreate,
  TenantSuspend,
  TenantUpdate,
  TenantUsage,
  Usage,
  Webhook,
  WebhookCreate,
  WebhookEventData,
  WebhookUpdate,
  WebhookWithSecret,
}
