import { knownAsks } from '../../../local/iam/asks/asks.ts'
import { CALLS } from './calls.ts'
import { KNOWN } from './known.ts'
import { ACCOUNT, REGION } from './worlds.ts'

/** Of the table nobody asks these: they stand in the asks to be refused. */
const REFUSED = /^dynamodb:(Scan|Batch|Describe|List|TransactGet)/
/** The ECS model is its own, and far from both emulators; functions are invoked in ministack itself. */
const ELSEWHERE = /^(ecs|lambda):/

describe('the calls that models and emulators are compared by', () => {
  it('have every call in them that a product function may make', () => {
    const asked = Object.keys(knownAsks({ account: ACCOUNT, region: REGION, tables: [], groupTags: () => undefined }))
    const compared = new Set(CALLS.map(({ operation }) => operation))
    expect(asked.filter((operation) => !REFUSED.test(operation) && !ELSEWHERE.test(operation) && !compared.has(operation))).toEqual([])
  })

  it('are named once, and explained by names that there are', () => {
    const names = CALLS.map(({ what }) => what)
    expect(new Set(names).size).toBe(names.length)
    expect(KNOWN.flatMap(({ calls }) => calls).filter((call) => !names.includes(call))).toEqual([])
  })
})
