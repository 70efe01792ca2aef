import { admit, azsOf, offerOf } from '../../../shared/clusters/admission.ts'
import { ClusterCreate } from '../../../shared/contract/cluster.ts'
import { AppError } from '../../../shared/contract/errors.ts'
import type { HostClass } from '../../../shared/platform/env.ts'

const hosts: HostClass[] = [
  { name: 'small', max_node_memory_mib: 3000, network: 'own', capacity_providers: { a: 's-a', b: 's-b', c: 's-c' } },
  { name: 'large', max_node_memory_mib: 60_000, network: 'own', capacity_providers: { a: 'l-a', b: 'l-b' } },
]
const request = (more: object) => ClusterCreate.parse({ engine: 'valkey', size: '1g', ...more })

function refused(more: object): { code: string; pointers: string[] } {
  try {
    admit(hosts, request(more))
  } catch (error) {
    if (error instanceof AppError) return { code: error.code, pointers: error.errors.map(({ pointer }) => pointer) }
  }
  return { code: 'none', pointers: [] }
}

describe('a cluster is admitted', () => {
  it('to all AZs of the cell by default', () => {
    expect(azsOf(hosts)).toEqual(['a', 'b', 'c'])
    expect(admit(hosts, request({})).spec.azs).toEqual(['a', 'b', 'c'])
  })

  it('when every AZ it asks for has a host that can carry its nodes', () => {
    expect(admit(hosts, request({ size: '32g', azs: ['a', 'b'] })).spec.size).toBe('32g')
    expect(refused({ size: '32g' })).toEqual({ code: 'size_not_available', pointers: ['/size'] })
    expect(refused({ size: '64g', azs: ['a'] })).toEqual({ code: 'size_not_available', pointers: ['/size'] })
  })

  it('to no AZ without hosts', () => {
    expect(refused({ azs: ['a', 'x', 'y'] })).toEqual({ code: 'az_not_available', pointers: ['/azs/1', '/azs/2'] })
    expect(refused({ azs: ['c', 'x'], size: '32g' })).toEqual({ code: 'invalid_request', pointers: ['/azs/1', '/size'] })
  })
})

describe('the offer', () => {
  it('has the sizes that fit in every AZ', () => {
    expect(offerOf(hosts).sizes.map(({ size }) => size)).toEqual(['256m', '512m', '1g', '2g'])
  })
})
