import { randomBytes } from 'node:crypto'
import { generateCredentials } from '../../../shared/engines/credentials.ts'
import type { Target } from '../../../shared/engines/engine.ts'
import { endpointOf } from '../../../shared/engines/redis/endpoint.ts'

const passwords = generateCredentials(randomBytes)
const tls = { certificate: 'AAE=', key: 'AA==' }
const at = { ordinal: 0, shard: 0, role: 'primary', address: '10.64.0.5' } as const
const shared: Target = { ...at, ports: { client: 10_000, peers: 17_000, bus: 24_000 } }
const own: Target = { ...at, ports: { client: 6379, peers: 6379, bus: 16_379 } }

describe('where we speak to a node', () => {
  it.each(['control', 'tenant'] as const)(
    'as %s is its TLS port where neighbours share its address, and nowhere without a certificate',
    (user) => {
      expect(endpointOf(shared, { ...passwords, tls }, user)).toMatchObject({ port: 17_000, tls, password: passwords[user].current })
      expect(() => endpointOf(shared, passwords, user)).toThrow('a ring on a shared network has no certificate')
    },
  )

  it('is its one port where its address is its own', () => {
    expect(endpointOf(own, passwords, 'control')).toEqual({
      address: '10.64.0.5',
      port: 6379,
      username: 'control',
      password: passwords.control.current,
    })
    expect(endpointOf(own, passwords, 'tenant')).toEqual({ address: '10.64.0.5', port: 6379, password: passwords.tenant.current })
  })
})
