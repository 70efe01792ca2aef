import { describe, expect, it } from '@jest/globals'
import { etagOf } from '../../../functions/edge/answer.ts'
import { expectationOf } from '../../../functions/edge/if-match.ts'

const shown = { id: 'clu_1' }
const etag = etagOf(JSON.stringify(shown))
const holds = (header: string): boolean | undefined => expectationOf(header)?.(shown)

describe('If-Match', () => {
  it('expects nothing where it is not sent', () => expect(expectationOf(undefined)).toBeUndefined())

  it.each([
    etag,
    ` ${etag} `,
    '*',
    ` * `,
    `"other", ${etag}`,
    `${etag},"other"`,
    `"other" ,, ${etag}`,
    `, ,"other" , ,\t, ${etag} ,, , `,
    `W/"x", ${etag}`,
    etag.replace(/"$/, '-gzip"'),
  ])('%s holds', (header) => expect(holds(header)).toBe(true))

  it.each(['"other"', '""', `W/${etag}`, '"a", "b"', `"${etag.slice(1, -1).toLowerCase()}x"`])('%s does not hold', (header) =>
    expect(holds(header)).toBe(false),
  )

  it.each(['', ' ', 'abc', etag.slice(1), etag.slice(0, -1), `${etag} ${etag}`, `*, ${etag}`, `w/${etag}`, '"a b"', `${etag};`])(
    'refuses %j: it is no list of tags',
    (header) => expect(() => expectationOf(header)).toThrow(expect.objectContaining({ code: 'invalid_header' })),
  )

  it('gets to the end of a hostile header', () => {
    expect(() => expectationOf(`${'"a",'.repeat(20_000)} x`)).toThrow()
    expect(() => expectationOf(`${','.repeat(60_000)}x`)).toThrow()
    expect(() => expectationOf(`"a"${',  '.repeat(20_000)}x`)).toThrow()
    expect(() => expectationOf(`"a"${' ,\t'.repeat(20_000)}"`)).toThrow()
    expect(() => expectationOf(`${'"a" , '.repeat(10_000)}"`)).toThrow()
  })
})
