import { type Api, givenApi, SMALL } from './given.ts'

let api: Api
let tenant: { id: string; key: string }
beforeAll(async () => {
  api = await givenApi()
  tenant = await api.tenant()
})
afterAll(() => api.stop())

const makers: [string, (name: string) => ReturnType<Api['send']>][] = [
  ['a tenant', (name) => api.send('POST', '/v1/tenants', { key: api.platformKey, body: { name } })],
  ['a key', (name) => api.send('POST', `/v1/tenants/${tenant.id}/keys`, { key: api.platformKey, body: { name } })],
  ['a cluster', (name) => api.send('POST', '/v1/clusters', { key: tenant.key, body: { ...SMALL, name } })],
]

describe.each(makers)('the name of %s', (_what, make) => {
  it('takes letters of any script, and is kept in NFC', async () => {
    const { body } = await make('Mu\u0308ller 株式会社 אבג 😀')
    expect({ body }).toMatchObject({ body: { name: 'M\u00fcller 株式会社 אבג 😀' } })
  })

  it.each([
    ['a\u202eb', 'invalid_value', 'name holds U+202E, which changes the direction of the text around it (got "a\\u{202e}b")'],
    ['a\u0000b', 'invalid_value', 'name holds U+0000, which is a control character or a line break (got "a\\u0000b")'],
    ['a\u200bb', 'invalid_value', 'name holds U+200B, which is invisible (got "a\\u{200b}b")'],
    ['a\ue000', 'invalid_value', 'name holds U+E000, which is for private use or not assigned by Unicode (got "a\\u{e000}")'],
    ['😀'.repeat(101), 'out_of_range', 'name takes at most 100 characters'],
    ['', 'out_of_range', 'name takes at least 1 character (got "")'],
  ])('does not take %j', async (name, code, detail) => {
    expect((await make(name)).body).toMatchObject({ status: 400, code, detail })
  })

  it('is no Unicode with half a surrogate pair', async () => {
    expect((await make('a\ud800')).body).toMatchObject({ status: 400, code: 'invalid_value', errors: [{ pointer: '/name' }] })
  })
})

describe('labels', () => {
  it('take letters of any script, and are one when they look the same', async () => {
    const labels = { 'gro\u0308ße': 'u\u0308ber', チーム: '検索' }
    const { body } = await api.send('POST', '/v1/clusters', { key: tenant.key, body: { ...SMALL, labels } })
    expect(body).toMatchObject({ labels: { 'gr\u00f6ße': '\u00fcber', チーム: '検索' } })
  })

  it('hold nothing that cannot be seen', async () => {
    const { body } = await api.send('POST', '/v1/clusters', { key: tenant.key, body: { ...SMALL, labels: { team: 'a\u2066b' } } })
    expect(body).toMatchObject({ status: 400, errors: [{ pointer: '/labels/team', code: 'invalid_value' }] })
  })
})

describe('a moment in a request', () => {
  const keyUntil = async (expires_at: string) =>
    (await api.send('POST', `/v1/tenants/${tenant.id}/keys`, { key: api.platformKey, body: { expires_at } })).body

  it.each([
    ['2096-02-29T12:00:00Z', '2096-02-29T12:00:00.000Z'],
    ['2096-02-29T23:30:00-05:00', '2096-03-01T04:30:00.000Z'],
    ['2096-03-01T00:30:00+02:00', '2096-02-29T22:30:00.000Z'],
    ['9999-12-31T23:59:59.999999Z', '9999-12-31T23:59:59.999Z'],
  ])('may be %s, and is %s', async (given, utc) => expect(await keyUntil(given)).toMatchObject({ expires_at: utc }))

  it.each([
    ['2096-12-31T23:59:60Z', /^expires_at is in a leap second/],
    ['2097-02-29T12:00:00Z', /^expires_at is not a day and time that there is/],
    ['9999-12-31T23:59:59-01:00', /^expires_at is not in the years 0000 to 9999 of UTC/],
    ['2096-01-01', /^expires_at is not a moment such as /],
  ])('is not %s', async (given, detail) =>
    expect(await keyUntil(given)).toMatchObject({ status: 400, code: 'invalid_value', detail: expect.stringMatching(detail) }),
  )

  it('is in the future where it must be, whatever its offset makes it look like', async () => {
    const hourAgo = new Date(Date.now() - 3_600_000 + 14 * 3_600_000).toISOString().replace('Z', '+14:00')
    expect(await keyUntil(hourAgo)).toMatchObject({ status: 400, code: 'out_of_range' })
    const inAnHour = new Date(Date.now() + 3_600_000 - 12 * 3_600_000).toISOString().replace('Z', '-12:00')
    expect(await keyUntil(inAnHour)).toMatchObject({ mode: 'live' })
  })
})
