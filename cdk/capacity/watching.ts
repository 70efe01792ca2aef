import { METRICS } from '../../shared/platform/metrics.ts'
import { ALARMS } from '../alarm-list.ts'
import { PRICES } from '../aws-prices.ts'
import type { CellConfig } from '../config.ts'
import { metricCount } from '../watched.ts'
import { type Item, itemOf } from './usage.ts'

/** Metrics that the cell's alarms look at, each by itself. */
export function metricsInAlarms(config: CellConfig): number {
  const there = ALARMS.filter(({ level }) => level === 'essential' || config.alarms?.level === 'full')
  return there.flatMap(({ metrics }) => Object.values(metrics)).reduce((count, spec) => count + metricCount(config, spec), 0)
}

/** What a cell is watched by, at list price. */
export function watchingOf(config: CellConfig): Item[] {
  return [
    itemOf('metrics, all written each hour', Object.keys(METRICS).length, PRICES.metricMonth),
    itemOf('metrics in alarms', metricsInAlarms(config), PRICES.alarmMonth),
    itemOf('dashboards', 1, PRICES.dashboardMonth),
  ]
}
