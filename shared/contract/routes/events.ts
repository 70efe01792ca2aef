import { Event } from '../event.ts'
import { listOf, PageQuery } from '../pagination.ts'
import { ClusterPath } from '../paths.ts'
import { type Route, route } from '../route.ts'

/** The rows about events. */
export const EVENT_ROUTES = {
  listClusterEvents: route({
    operationId: 'listClusterEvents',
    tag: 'Events',
    summary: 'List the events of a cluster, oldest first',
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
    summary: 'Read the events of all clusters in order; a page that has events has a cursor to go on from',
    method: 'GET',
    path: '/v1/events',
    scope: 'read',
    query: PageQuery,
    status: 200,
    response: listOf(Event),
  }),
} as const satisfies Record<string, Route>
