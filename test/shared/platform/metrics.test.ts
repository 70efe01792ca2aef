import fc from 'fast-check'
import { METRICS, type MetricName, measured } from '../../../shared/platform/metrics.ts'
import { givenMeasures } from '../../support/emf.ts'

const isMetric = (name: string): name is MetricName => name in METRICS
const NAMES = Object.keys(METRICS).filter(isMetric)

describe('a line that is measured', () => {
  it('is in the embedded metric format and holds exactly what it was given, beside what it says', () => {
    const values = fc.dictionary(fc.constantFrom(...NAMES), fc.double({ noNaN: true, noDefaultInfinity: true }))
    fc.assert(
      fc.property(values, fc.integer({ min: 1_700_000_000_000, max: 4_000_000_000_000 }), (given, now) => {
        const { log, data } = givenMeasures()
        log.info('done', { tenant: 'ten_a', ...measured(now, given) })
        const found = data().map(({ name, value, unit, dimensions, line }) => [name, value, unit, dimensions, line.tenant])
        const wanted = NAMES.filter((name) => name in given)
        // JSON knows no negative zero.
        expect(found).toEqual(wanted.map((name) => [name, (given[name] ?? 0) + 0, METRICS[name], { cell: 'cell-1' }, 'ten_a']))
      }),
    )
  })

  it('is as any other when there is nothing to measure', () => {
    expect(measured(Date.now(), {})).toEqual({})
  })
})

it('no two parts of a line have one name: metrics are written with a capital', () => {
  expect(NAMES.filter((name) => !/^[A-Z][a-zA-Z]+$/.test(name))).toEqual([])
})
