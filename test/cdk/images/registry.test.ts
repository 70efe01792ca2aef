import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createRegistry } from '../../../cdk/images/registry.ts'
import { digestOf, givenRegistry, indexOf, MANIFEST_ALONE } from './given-registry.ts'

const both = indexOf(['linux/amd64', 'unknown/unknown', 'linux/arm64'])
const swapped = indexOf(['linux/arm64', 'linux/amd64'])
let there: Awaited<ReturnType<typeof givenRegistry>>
beforeAll(async () => {
  there = await givenRegistry({
    'library/redis:7.2': both,
    'valkey/valkey:9.1': both,
    'valkey/valkey:8.1': indexOf(['linux/amd64']),
    'valkey/valkey:8.0': MANIFEST_ALONE,
    'valkey/swapped:1': swapped,
  })
})
afterAll(() => there.close())

describe('a tag', () => {
  it('is resolved to the digest of the index of all architectures, with a token that the registry gives', async () => {
    expect(await createRegistry(there).resolve('valkey/valkey:9.1')).toBe(digestOf(both))
    expect(there.asked).toEqual([
      'token here repository:valkey/valkey:pull',
      'HEAD valkey/valkey 9.1',
      'token here repository:valkey/valkey:pull',
      `GET valkey/valkey ${digestOf(both)}`,
    ])
  })

  it('without an owner is one of the official library', async () => {
    expect(await createRegistry(there).resolve('redis:7.2')).toBe(digestOf(both))
  })

  it('that leads to one architecture only is refused', async () => {
    await expect(createRegistry(there).resolve('valkey/valkey:8.0')).rejects.toThrow(/no index of architectures/)
    await expect(createRegistry(there).resolve('valkey/valkey:8.1')).rejects.toThrow(/has nothing for linux\/arm64/)
  })

  it('that is not there is refused', async () => {
    await expect(createRegistry(there).resolve('redis:6.0')).rejects.toThrow(/does not have library\/redis at 6\.0: 404/)
  })
})

it('a registry that answers a digest with something else is not believed', async () => {
  there.lie(digestOf(swapped), both)
  await expect(createRegistry(there).check('valkey/swapped:1', digestOf(swapped))).rejects.toThrow(/the registry answered/)
})
