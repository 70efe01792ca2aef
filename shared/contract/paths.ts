import * as z from 'zod'
import { Id } from './ids.ts'

/** Path parameters that several rows share. */
export const ClusterPath = z.strictObject({ cluster_id: Id('cluster') })
