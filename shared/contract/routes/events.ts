import * as z from 'zod'
import { Event, EventType, FeedEvent } from '../event.ts'
import { Id } from '../ids.ts'
import { listOf, PageQuery, page } from '../pagination.ts'
import { ClusterPath } from '../paths.ts'
import { type Route, route } from '../route.ts'

/** The rows about events. */
export const EVENT_ROUTES = {
  listClusterEvents: route({
    operationId: 'listClusterEvents',
    tag: 'Events',
    summary: 'List the events of a cluster, oldest first; they are kept for 30 days',
    method: 'GET',
    path: '/v1/clusters/{cluster_id}/events',
    scope: 'read',
    params: ClusterPath,
    query: PageQuery,
    status: 200,
    response: listOf(Event),
  }),
  listEvents: route({
    operationId: 'listEvents',
    tag: 'Events',
    summary:
      'Read the events of all clusters and webhooks, without gaps, those of one cluster in order. They are kept for 30 days. A page that has events has a cursor; a reader at the end gets an empty page, and asks again with the same `after` or cursor',
    method: 'GET',
    path: '/v1/events',
    scope: 'read',
    query: z.strictObject({
      ...page,
      after: z
        .string()
        .refine((text) => /^\d{1,12}$/.test(text), { error: 'takes the position of an event', params: { code: 'out_of_range' } })
        .transform(Number)
        .optional()
        .meta({
          type: 'integer',
          minimum: 0,
          maximum: 999_999_999_999,
          description: 'Only events of a higher `position`. A cursor leads on from there',
        }),
      type: EventType.optional(),
      cluster_id: Id('cluster').optional(),
    }),
    status: 200,
    response: listOf(FeedEvent),
    errors: ['invalid_value'],
  }),
} as const satisfies Record<string, Route>
