import { randomBytes } from 'node:crypto'
import { generateCredentials, parseCredentials, renderCredentials } from '../../../shared/engines/credentials.ts'

describe('credentials', () => {
  it('are six different passwords of 32 letters and digits', () => {
    const { control, replication, tenant } = generateCredentials(randomBytes)
    const all = [control, replication, tenant].flatMap((pair) => [pair.current, pair.next])
    expect(new Set(all).size).toBe(6)
    for (const password of all) expect(password).toMatch(/^[0-9A-Za-z]{32}$/)
  })

  it('favour no letter: bytes that would are thrown away', () => {
    const bytes = [255, 250, 248, 247]
    let calls = 0
    const random = (length: number): Uint8Array => new Uint8Array(length).fill(bytes[Math.min(calls++, 3)] ?? 0)
    expect(generateCredentials(random).control.current).toBe('z'.repeat(32))
  })

  it('come back as they were from their line', () => {
    const credentials = generateCredentials(randomBytes)
    expect(parseCredentials(renderCredentials(credentials))).toEqual(credentials)
    const shared = { ...credentials, tls: { certificate: 'AAE=', key: 'AA==' } }
    expect(parseCredentials(renderCredentials(shared))).toEqual(shared)
  })

  it.each([
    '',
    'control=a,b',
    'control=a,b replication=c tenant=e,f',
    'control=a,b replication=c,d tenant=e,f certificate=g',
    '{"control":1}',
  ])('refuse %j without repeating it', (line) => {
    expect(() => parseCredentials(line)).toThrow('the credentials parameter is not of the form')
  })
})
