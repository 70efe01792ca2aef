import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { ALARMS } from '../../cdk/alarm-list.ts'
import { PRICES } from '../../cdk/aws-prices.ts'
import { metricsInAlarms } from '../../cdk/capacity/watching.ts'
import { cellsOf } from '../../cdk/cells.ts'
import { SECTIONS } from '../../cdk/dashboard-list.ts'
import type { MetricSpec } from '../../cdk/watched.ts'
import { METRIC_NAMESPACE, METRICS } from '../../shared/platform/metrics.ts'
import { CONFIGURATIONS } from './configurations.ts'
import { flat } from './given.ts'
import { givenCells } from './given-cells.ts'

const runbook = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'runbook.md'), 'utf8')
/** The part of the page under a heading of its second level. */
const sections = new Map(
  runbook
    .split(/^## /m)
    .slice(1)
    .map((text) => [text.slice(0, text.indexOf('\n')), text]),
)
const HEADINGS = ['What it means', 'Look', 'Do', 'It is over']

const Dimension = z.object({ Name: z.string(), Value: z.json() })
const Stat = z.object({
  Metric: z.object({ Namespace: z.string(), MetricName: z.string(), Dimensions: z.array(Dimension).default([]) }),
  Stat: z.string(),
})
const Alarm = z.looseObject({
  AlarmName: z.string(),
  AlarmDescription: z.string(),
  AlarmActions: z.array(z.json()).default([]),
  OKActions: z.array(z.json()).default([]),
  MetricName: z.string().optional(),
  Metrics: z.array(z.object({ Expression: z.string().optional(), MetricStat: Stat.optional() })).default([]),
})
type Alarm = z.infer<typeof Alarm>
const Template = z.object({
  Resources: z.record(z.string(), z.object({ Type: z.string(), Properties: z.record(z.string(), z.json()).default({}) })),
})
const metricsOf = ({ MetricName, Metrics }: Alarm): number =>
  MetricName === undefined ? Metrics.filter(({ MetricStat }) => MetricStat).length : 1

let cells: ReturnType<typeof givenCells>
let resources: Record<'plain' | 'full', { id: string; Type: string; Properties: Record<string, unknown> }[]>
beforeAll(() => {
  const { plain, full } = CONFIGURATIONS
  cells = givenCells({ plain, full })
  const read = (name: string) => {
    const template = readFileSync(join(cells.directoryOf(name), `${plain.cells[0]?.cell}.template.json`), 'utf8')
    return Object.entries(Template.parse(JSON.parse(template)).Resources).map(([id, resource]) => ({ id, ...resource }))
  }
  resources = { plain: read('plain'), full: read('full') }
}, 60_000)
afterAll(() => cells.remove())

const alarmsOf = (name: 'plain' | 'full'): Alarm[] =>
  resources[name].filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm').map(({ Properties }) => Alarm.parse(flat(Properties)))

const DashboardBody = z.object({
  widgets: z.array(
    z.object({
      type: z.string(),
      properties: z.looseObject({ metrics: z.array(z.array(z.json())).default([]), query: z.string().optional() }),
    }),
  ),
})
const dashboardOf = (name: 'plain' | 'full') => {
  const page = resources[name].find(({ Type }) => Type === 'AWS::CloudWatch::Dashboard')
  return DashboardBody.parse(JSON.parse(String(flat(page?.Properties.DashboardBody))))
}

describe('the runbook', () => {
  it('has a section for each alarm, with what it means, where to look, what to do and how one knows that it is over', () => {
    const lacking = ALARMS.flatMap(({ name }) => {
      const text = sections.get(name)
      return text === undefined ? [name] : HEADINGS.filter((heading) => !text.includes(`**${heading}.**`)).map((each) => `${name}: ${each}`)
    })
    expect(lacking).toEqual([])
  })

  it('has no section for an alarm that there is not', () => {
    const names = new Set(ALARMS.map(({ name }) => name))
    // What is not an alarm's has a title in words.
    expect([...sections.keys()].filter((title) => /^[a-z-]+$/.test(title) && !names.has(title))).toEqual([])
  })

  it('says what each alarm costs, and what all of them cost', () => {
    const full = alarmsOf('full')
    const rows = ALARMS.map(({ name, level, severity }) => {
      const count = full.filter(({ AlarmName }) => AlarmName.startsWith(`cell-1-${name}`)).reduce((sum, alarm) => sum + metricsOf(alarm), 0)
      const cost = level === 'essential' ? 'free' : `$${(count * PRICES.alarmMonth.usd).toFixed(2)}`
      return `| [${name}](#${name}) | ${severity} | ${count} | ${cost} |`
    })
    expect(rows.filter((row) => !runbook.includes(row))).toEqual([])
    const paid = full.reduce((sum, alarm) => sum + metricsOf(alarm), 0) - 10
    expect(/\d+ more metrics, \S+ a month/.exec(runbook)?.[0]).toBe(
      `${paid} more metrics, $${(paid * PRICES.alarmMonth.usd).toFixed(2)} a month`,
    )
  })
})

describe('the alarms', () => {
  it('that are there without being asked for cost nothing: ten metrics', () => {
    expect(alarmsOf('plain').reduce((sum, alarm) => sum + metricsOf(alarm), 0)).toBe(10)
    expect(alarmsOf('plain').map(({ AlarmName }) => AlarmName.replace('cell-1-', ''))).toEqual(
      ALARMS.filter(({ level }) => level === 'essential').map(({ name }) => name),
    )
  })

  it('begin with their severity, say what they mean and lead to their section', () => {
    for (const { AlarmName, AlarmDescription } of alarmsOf('full')) {
      const spec = ALARMS.find(({ name }) => AlarmName === `cell-1-${name}`)
      expect(AlarmDescription).toBe(`${spec?.severity.toUpperCase()}: ${spec?.means} docs/runbook.md#${spec?.name}`)
      expect(AlarmDescription.length).toBeLessThan(1_024)
    }
  })

  it('tell both the address and the topic that they began, and that they are over', () => {
    for (const alarm of alarmsOf('full')) {
      expect([alarm.AlarmActions.length, alarm.OKActions]).toEqual([2, alarm.AlarmActions])
      expect(alarm.AlarmActions).toContain('arn:aws:sns:us-east-1:123456789012:pager')
    }
    for (const alarm of alarmsOf('plain')) expect(alarm.AlarmActions).toEqual([])
  })

  it('are let into the topic that is made for them, which by itself lets only refusals stand', () => {
    const policies = resources.full.filter(({ Type }) => Type === 'AWS::SNS::TopicPolicy').map(({ Properties }) => flat(Properties))
    expect(policies).toMatchObject([
      {
        PolicyDocument: {
          Statement: expect.arrayContaining([
            expect.objectContaining({ Effect: 'Allow', Action: 'sns:Publish', Principal: { Service: 'cloudwatch.amazonaws.com' } }),
          ]),
        },
      },
    ])
  })

  it.each(['plain', 'full'] as const)('of a %s cell are charged for as many metrics as npm run capacity says', (name) => {
    const [config] = cellsOf(CONFIGURATIONS[name])
    if (!config) throw new Error('no cell')
    expect(alarmsOf(name).reduce((sum, alarm) => sum + metricsOf(alarm), 0)).toBe(metricsInAlarms(config))
  })

  it('know at most ten metrics each', () => {
    expect(alarmsOf('full').filter((alarm) => metricsOf(alarm) > 10)).toEqual([])
  })
})

describe('what is watched', () => {
  const specs: MetricSpec[] = [
    ...ALARMS.flatMap(({ metrics }) => Object.values(metrics)),
    ...SECTIONS.flatMap(({ widgets }) => widgets.flatMap((widget) => ('query' in widget ? [] : [...widget.left, ...(widget.right ?? [])]))),
  ]

  it('is each of our metrics, by an alarm or on the dashboard', () => {
    const watched = new Set(specs.filter(({ of }) => of === 'cell').map(({ metric }) => metric))
    expect(Object.keys(METRICS).filter((name) => !watched.has(name))).toEqual([])
  })

  it('is there: functions, queues, groups, machine, table and API are those of the template', () => {
    const text = JSON.stringify(resources.full.map(({ Properties }) => flat(Properties)))
    const ids = new Set(resources.full.map(({ id }) => id))
    const own = ['FunctionName', 'QueueName', 'AutoScalingGroupName', 'StateMachineArn', 'TableName', 'ApiId', 'GlobalSecondaryIndexName']
    const named = (key: string, value: string): boolean => {
      const reference = /^<([^.>]+)(\.\w+)?>$/.exec(value)?.[1]
      if (reference !== undefined) return ids.has(reference)
      const property = key === 'GlobalSecondaryIndexName' ? 'IndexName' : key
      return text.includes(`"${property}":"${value}"`)
    }
    const dimensions = alarmsOf('full').flatMap((alarm) => {
      const stats = alarm.Metrics.flatMap(({ MetricStat }) => MetricStat?.Metric.Dimensions ?? [])
      return [...stats, ...z.array(Dimension).default([]).parse(alarm.Dimensions)]
    })
    const strange = dimensions.filter(({ Name, Value }) => own.includes(Name) && !named(Name, String(Value)))
    expect(dimensions.length).toBeGreaterThan(40)
    expect(strange).toEqual([])
  })
})

describe('the dashboard', () => {
  it('costs nothing: one page of at most fifty metrics', () => {
    const metrics = dashboardOf('full').widgets.flatMap(({ properties }) => properties.metrics)
    const named = metrics.map((metric) => JSON.stringify(metric.filter((part) => typeof part === 'string')))
    expect(new Set(named).size).toBeLessThanOrEqual(50)
    expect(resources.full.filter(({ Type }) => Type === 'AWS::CloudWatch::Dashboard')).toHaveLength(1)
  })

  it('shows the state of every alarm', () => {
    const [first] = dashboardOf('full').widgets
    expect(first?.type).toBe('alarm')
    expect(z.array(z.string()).parse(first?.properties.alarms)).toHaveLength(alarmsOf('full').length)
  })

  it('shows numbers of ours under their own name and the cell', () => {
    const ours = dashboardOf('plain').widgets.flatMap(({ properties }) =>
      properties.metrics.filter(([namespace]) => namespace === METRIC_NAMESPACE),
    )
    expect(ours.length).toBeGreaterThan(20)
    for (const [, name, dimension, value] of ours) {
      expect(Object.keys(METRICS)).toContain(name)
      expect([dimension, value]).toEqual(['cell', 'cell-1'])
    }
  })
})
