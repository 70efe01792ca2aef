import { Duration, Stack } from 'aws-cdk-lib'
import { Alarm, ComparisonOperator, type IAlarm, type IMetric, MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns'
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import { Construct } from 'constructs'
import { ALARMS, type AlarmSpec } from './alarm-list.ts'
import { metricsOf, type Watched } from './watched.ts'

/** Where docs/runbook.md is read, unless the configuration says where it is published. */
const RUNBOOK = 'docs/runbook.md'
/** More than ten metrics are no alarm: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create-alarm-on-metric-math-expression.html */
const MOST_METRICS = 10

/** Begins with its severity, so that a subscription can tell a page from a ticket by its text. */
export const describe = ({ name, severity, means }: AlarmSpec, runbook = RUNBOOK): string =>
  `${severity.toUpperCase()}: ${means} ${runbook}#${name}`

/** Which metrics an alarm looks at, by the names in its expression; of a kind, as many as there are. */
function metricsBy(watched: Watched, { metrics, minutes }: AlarmSpec): Record<string, IMetric> {
  const found = Object.entries(metrics).flatMap(([name, spec]) => {
    const each = metricsOf(watched, spec, { minutes })
    return each.map((metric, index): [string, IMetric] => [each.length > 1 ? `${name}${index}` : name, metric])
  })
  return Object.fromEntries(found)
}

/** One alarm, or as many as it takes: one knows ten metrics. */
function watchedIn(watched: Watched, spec: AlarmSpec): { suffix: string; metric: IMetric }[] {
  const found = Object.entries(metricsBy(watched, spec))
  const [first, ...others] = found
  if (first && others.length === 0 && spec.expression === undefined) return [{ suffix: '', metric: first[1] }]
  const groups = Array.from({ length: Math.ceil(found.length / MOST_METRICS) }, (_, i) =>
    found.slice(i * MOST_METRICS, (i + 1) * MOST_METRICS),
  )
  return groups.map((group, i) => ({
    suffix: i === 0 ? '' : `-${i + 1}`,
    metric: new MathExpression({
      ...{ expression: spec.expression ?? 'SUM(METRICS())', usingMetrics: Object.fromEntries(group), label: spec.name },
      period: Duration.minutes(spec.minutes),
    }),
  }))
}

function topicOf(scope: Construct, { cell, alarms }: Watched['config']): ITopic[] {
  const given = alarms?.topicArn ? [Topic.fromTopicArn(scope, 'Given', alarms.topicArn)] : []
  if (!alarms?.email) return given
  const topic = new Topic(scope, 'Topic', { topicName: `${cell}-alarms`, displayName: `Ringhold ${cell}`, enforceSSL: true })
  topic.addSubscription(new EmailSubscription(alarms.email))
  // A policy of its own, as enforceSSL makes one, takes the place of the default that lets the account's alarms in.
  const account = Stack.of(scope).account
  topic.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': account } },
    }),
  )
  return [...given, topic]
}

/** The alarms of a cell, and whom they tell that it began and that it is over. */
export class Alarms extends Construct {
  readonly all: IAlarm[]

  constructor(scope: Construct, id: string, watched: Watched) {
    super(scope, id)
    const { cell, alarms } = watched.config
    const actions = topicOf(this, watched.config).map((topic) => new SnsAction(topic))
    const wanted = ALARMS.filter(({ level }) => level === 'essential' || alarms?.level === 'full')
    this.all = wanted.flatMap((spec) =>
      watchedIn(watched, spec).map(({ suffix, metric }) => {
        const alarm = new Alarm(this, `${spec.name}${suffix}`, {
          alarmName: `${cell}-${spec.name}${suffix}`,
          alarmDescription: describe(spec, alarms?.runbook),
          metric,
          threshold: spec.threshold,
          comparisonOperator: spec.below ? ComparisonOperator.LESS_THAN_THRESHOLD : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
          datapointsToAlarm: spec.periods[0],
          evaluationPeriods: spec.periods[1],
          // A percentile of a few says nothing.
          ...(Object.values(spec.metrics).some(({ stat }) => stat.startsWith('p')) ? { evaluateLowSampleCountPercentile: 'ignore' } : {}),
          treatMissingData: spec.missing === 'fine' ? TreatMissingData.NOT_BREACHING : TreatMissingData.BREACHING,
        })
        alarm.addAlarmAction(...actions)
        alarm.addOkAction(...actions)
        return alarm
      }),
    )
  }
}
