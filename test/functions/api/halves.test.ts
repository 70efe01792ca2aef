import { type Api, givenApi } from './given.ts'
import { itemsOf } from './given-world.ts'

let api: Api
beforeAll(async () => {
  api = await givenApi()
})
afterAll(() => api.stop())

it.each([
  ['sent', 'agent \ud83d!'],
  ['made by cutting it short', `${'a b '.repeat(63)}abc\u{1f600}`],
])('half a character in the name of a client, %s, does not stop what it asks for', async (_how, agent) => {
  const { id, key } = await api.tenant()
  const reply = await api.send('POST', '/v1/webhooks', {
    key,
    body: { url: 'https://hooks.example.com/' },
    headers: { 'user-agent': agent },
  })
  expect(reply.status).toBe(201)
  const noted = (await itemsOf(api, id, 'AUDIT#')).map(({ user_agent }) => String(user_agent))
  expect(noted).toContainEqual(expect.stringContaining('\ufffd'))
})
