import { METRICS } from '../../shared/platform/metrics.ts'
import { ALARMS } from '../alarm-list.ts'
import { PRICES } from '../aws-prices.ts'
import type { CellConfig } from '../config.ts'
import type { Item } from './usage.ts'

/** What a cell is watched by, at list price. An account has ten metrics, ten metrics in alarms and three dashboards for nothing, for good. */
export function watchingOf({ alarms }: Pick<CellConfig, 'alarms'>): Item[] {
  const metrics = Object.keys(METRICS).length
  const inAlarms = ALARMS.filter(({ level }) => level === 'essential' || alarms?.level === 'full').flatMap((alarm) =>
    Object.values(alarm.metrics),
  ).length
  return [
    { what: 'metrics, all written each hour', count: metrics, usd: metrics * PRICES.metricMonth.usd },
    { what: 'metrics in alarms', count: inAlarms, usd: inAlarms * PRICES.alarmMonth.usd },
    { what: 'dashboards', count: 1, usd: PRICES.dashboardMonth.usd },
  ]
}
