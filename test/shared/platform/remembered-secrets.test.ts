import { expect, test } from '@jest/globals'
import { rememberedSecrets } from '../../../shared/platform/remembered-secrets.ts'
import type { Secrets } from '../../../shared/platform/secrets.ts'

function given() {
  const values = new Map<string, string>()
  const asked: string[] = []
  let now = 0
  const secrets: Secrets = {
    get: async (name) => {
      asked.push(name)
      return values.get(name)
    },
    createIfAbsent: async (name, make) => {
      values.set(name, values.get(name) ?? make())
      return values.get(name) ?? ''
    },
    put: async (name, value) => {
      values.set(name, value)
    },
    delete: async (name) => {
      values.delete(name)
    },
  }
  return { values, asked, pass: (ms: number) => (now += ms), secrets: rememberedSecrets(secrets, { now: () => now }) }
}

test('a secret is asked for once, and again after five minutes', async () => {
  const { secrets, values, asked, pass } = given()
  values.set('/a', 'one')
  expect([await secrets.get('/a'), await secrets.get('/a')]).toEqual(['one', 'one'])
  values.set('/a', 'two')
  pass(299_999)
  expect(await secrets.get('/a')).toBe('one')
  pass(1)
  expect(await secrets.get('/a')).toBe('two')
  expect(asked).toEqual(['/a', '/a'])
})

test('one that is not there is asked for each time, and one that was changed or taken away here is not remembered', async () => {
  const { secrets } = given()
  expect(await secrets.get('/a')).toBeUndefined()
  await secrets.createIfAbsent('/a', () => 'one')
  expect(await secrets.get('/a')).toBe('one')
  await secrets.put('/a', 'two')
  expect(await secrets.get('/a')).toBe('two')
  await secrets.delete('/a')
  expect(await secrets.get('/a')).toBeUndefined()
})
