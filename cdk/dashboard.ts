import { Duration } from 'aws-cdk-lib'
import {
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IAlarm,
  type IWidget,
  LogQueryWidget,
  PeriodOverride,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch'
import type { Construct } from 'constructs'
import { SECTIONS, type Series, type WidgetSpec } from './dashboard-list.ts'
import { metricsOf, type Watched } from './watched.ts'

/** CloudWatch's grid. */
const COLUMNS = 24
const HEIGHT = 6
const TITLE = 1

const runbook = ({ config }: Watched): string => config.alarms?.runbook ?? 'docs/runbook.md'

const lines = (watched: Watched, series: Series[] = [], minutes: number) =>
  series.flatMap(({ label, ...spec }) => metricsOf(watched, spec, { minutes, label }))

function widget(watched: Watched, spec: WidgetSpec, width: number): IWidget {
  const { cell } = watched.config
  if ('query' in spec) {
    return new LogQueryWidget({
      ...{ title: spec.title, width, height: HEIGHT },
      logGroupNames: spec.logs.map((name) => `/ringhold/${cell}/${name}`),
      queryLines: spec.query,
    })
  }
  const minutes = spec.minutes ?? 5
  return new GraphWidget({
    ...{ title: spec.title, width, height: HEIGHT, period: Duration.minutes(minutes), stacked: spec.stacked ?? false },
    ...{ left: lines(watched, spec.left, minutes), right: lines(watched, spec.right, minutes) },
    leftYAxis: { min: 0, ...(spec.unit ? { label: spec.unit, showUnits: false } : {}) },
    rightYAxis: { min: 0, ...(spec.rightUnit ? { label: spec.rightUnit, showUnits: false } : {}) },
  })
}

/** One page that answers from its top: is it us, since when, which part, for whom. */
export function dashboard(scope: Construct, watched: Watched, alarms: IAlarm[]): Dashboard {
  const page = new Dashboard(scope, 'Dashboard', {
    dashboardName: watched.config.cell,
    defaultInterval: Duration.hours(3),
    periodOverride: PeriodOverride.AUTO,
  })
  page.addWidgets(
    new AlarmStatusWidget({ title: `Alarms of ${watched.config.cell}: ${runbook(watched)}`, width: COLUMNS, height: 3, alarms }),
  )
  for (const { title, widgets } of SECTIONS) {
    page.addWidgets(new TextWidget({ markdown: `## ${title}`, width: COLUMNS, height: TITLE }))
    page.addWidgets(...widgets.map((spec) => widget(watched, spec, COLUMNS / widgets.length)))
  }
  return page
}
