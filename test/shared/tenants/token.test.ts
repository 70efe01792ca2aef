import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { idMaker } from '../../../shared/platform/ids.ts'
import { hashOf, keyIdOf, makeToken, matches } from '../../../shared/tenants/token.ts'

const newId = idMaker(() => 1_900_000_000_000)
const given = () => {
  const id = newId('key')
  return { id, token: makeToken('live', id, randomBytes) }
}

describe('an API key', () => {
  it('names itself, and is found by its hash alone', () => {
    const { id, token } = given()
    expect(token).toMatch(/^rgh_live_[0-9a-hjkmnp-tv-z]{26}_[0-9A-Za-z]{36}$/)
    expect(keyIdOf(token)).toBe(id)
    expect(matches(token, hashOf(token))).toBe(true)
    expect(matches(token, hashOf(given().token))).toBe(false)
    expect(matches(token, '')).toBe(false)
  })

  it('fails its checksum when any one character is another', () => {
    const { token } = given()
    const start = 'rgh_live_'.length
    fc.assert(
      fc.property(fc.integer({ min: start, max: token.length - 1 }), fc.constantFrom(...'09abyzABYZ_'), (at, character) => {
        fc.pre(token[at] !== character)
        expect(keyIdOf(token.slice(0, at) + character + token.slice(at + 1))).toBeUndefined()
      }),
    )
  })

  it('is nothing else that anybody sends', () => {
    fc.assert(fc.property(fc.string(), (text) => keyIdOf(text) === undefined))
    const { token } = given()
    for (const near of [` ${token}`, `${token}\n`, token.toUpperCase(), token.replace('live', 'prod'), `${token}0`])
      expect(keyIdOf(near)).toBeUndefined()
  })

  it('draws every letter about as often', () => {
    const counts = new Map<string, number>()
    for (let i = 0; i < 500; i += 1) for (const letter of given().token.slice(-36, -6)) counts.set(letter, (counts.get(letter) ?? 0) + 1)
    expect(counts.size).toBe(62)
    // 15,000 draws, 242 expected of each: seven standard deviations.
    for (const count of counts.values()) expect(Math.abs(count - 242)).toBeLessThan(110)
  })
})
