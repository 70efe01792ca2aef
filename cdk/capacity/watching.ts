import { METRICS } from '../../shared/platform/metrics.ts'
import { PRICES } from '../aws-prices.ts'
import type { CellConfig } from '../config.ts'
import type { Item } from './usage.ts'

/** Metrics that the alarms of each level look at (`cdk/alarm-list.ts`): CloudWatch charges by them. */
export const METRICS_IN_ALARMS = { essential: 10, full: 22 } as const

/** What a cell is watched by, at list price. An account has ten metrics, ten metrics in alarms and three dashboards for nothing, for good. */
export function watchingOf({ alarms }: Pick<CellConfig, 'alarms'>): Item[] {
  const metrics = Object.keys(METRICS).length
  const inAlarms = METRICS_IN_ALARMS.essential + (alarms?.level === 'full' ? METRICS_IN_ALARMS.full : 0)
  return [
    { what: 'metrics, all written each hour', count: metrics, usd: metrics * PRICES.metricMonth.usd },
    { what: 'metrics in alarms', count: inAlarms, usd: inAlarms * PRICES.alarmMonth.usd },
    { what: 'dashboards', count: 1, usd: PRICES.dashboardMonth.usd },
  ]
}
