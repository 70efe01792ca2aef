import { describe, expect, it } from '@jest/globals'
import { ALARMS } from '../../../cdk/alarm-list.ts'
import { METRICS_IN_ALARMS } from '../../../cdk/capacity/watching.ts'
import { deployPage, withCosts } from './costs.ts'

describe('docs/deploy.md', () => {
  it('says what the configuration costs (npm run docs writes it)', () => {
    const page = deployPage()
    expect(page).toContain('| 100 rings')
    expect(withCosts(page)).toBe(page)
  })
})

it.each(['essential', 'full'] as const)('the metrics of %s alarms are counted', (level) => {
  const metrics = ALARMS.filter((alarm) => alarm.level === level).flatMap((alarm) => Object.values(alarm.metrics))
  expect(METRICS_IN_ALARMS[level]).toBe(metrics.length)
})
