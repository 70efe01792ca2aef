import { METRICS } from '../../shared/platform/metrics.ts'
import { ALARMS } from '../alarm-list.ts'
import { PRICES } from '../aws-prices.ts'
import type { CellConfig } from '../config.ts'
import { metricCount } from '../watched.ts'
import type { Item } from './usage.ts'

/** Metrics that the cell's alarms look at, each by itself. */
export function metricsInAlarms(config: CellConfig): number {
  const there = ALARMS.filter(({ level }) => level === 'essential' || config.alarms?.level === 'full')
  return there.flatMap(({ metrics }) => Object.values(metrics)).reduce((count, spec) => count + metricCount(config, spec), 0)
}

/** What a cell is watched by, at list price. An account has ten metrics, ten metrics in alarms and three dashboards for nothing, for good. */
export function watchingOf(config: CellConfig): Item[] {
  const metrics = Object.keys(METRICS).length
  const inAlarms = metricsInAlarms(config)
  return [
    { what: 'metrics, all written each hour', count: metrics, usd: metrics * PRICES.metricMonth.usd },
    { what: 'metrics in alarms', count: inAlarms, usd: inAlarms * PRICES.alarmMonth.usd },
    { what: 'dashboards', count: 1, usd: PRICES.dashboardMonth.usd },
  ]
}
