import * as z from 'zod'
import { ENGINE_NAMES } from '../engines/specs.ts'
import { CLUSTER_STATES } from './cluster.ts'
import { CommaList } from './comma-list.ts'
import { LabelSelector } from './label-selector.ts'
import { Moment } from './moment.ts'
import { page } from './pagination.ts'

export const CreateQuery = z.strictObject({
  dry_run: z.enum(['true', 'false']).optional().meta({ description: '`true`: say what a create would do, and do nothing' }),
})

export const GetQuery = z.strictObject({
  expand: CommaList(
    ['operation', 'nodes', 'connection'],
    'What to put into the answer, by commas; `connection` needs the scope `credentials`',
  ),
})

export const ClusterSort = z.enum(['created_at', '-created_at', 'name', '-name'])
export type ClusterSort = z.infer<typeof ClusterSort>

/** Each row that is expanded is another read. */
const MOST_EXPANDED = 20

export const ListQuery = z
  .strictObject({
    ...page,
    state: CommaList(CLUSTER_STATES, 'Clusters in one of these states, by commas'),
    engine: CommaList(ENGINE_NAMES, 'Clusters of one of these engines, by commas'),
    name: z.string().min(1).max(100).optional().meta({ description: 'Clusters whose names begin so; upper and lower case are the same' }),
    label: LabelSelector,
    created_after: Moment.optional().meta({ description: 'Clusters that were created later than that' }),
    created_before: Moment.optional().meta({ description: 'Clusters that were created earlier than that' }),
    sort: ClusterSort.optional().meta({
      default: '-created_at',
      description: 'A dash turns the order round. By name, upper and lower case are the same',
    }),
    expand: CommaList(['operation'], `What to put into every item: then the page takes at most ${MOST_EXPANDED}`),
  })
  .refine(({ expand, limit = 0 }) => expand === undefined || limit <= MOST_EXPANDED, {
    error: `takes at most ${MOST_EXPANDED} with expand`,
    path: ['limit'],
    params: { code: 'out_of_range' },
  })
export type ListQuery = z.infer<typeof ListQuery>
/** What a list of clusters is asked for, beside its pages. */
export type ClusterFilter = Omit<ListQuery, 'limit' | 'cursor' | 'expand' | 'sort'>
