import { describe, expect, it } from '@jest/globals'
import { connection } from '../../../shared/engines/redis/connection.ts'

describe('connection', () => {
  it('names the cluster first, then every node, and hands out the tenant’s user', () => {
    const told = connection({ addresses: ['10.0.0.1', '10.0.0.2'], name: 'clu.cell.internal', password: 'secret' })
    expect(told.endpoints.map((e) => `${e.host}:${e.port}`)).toEqual(['clu.cell.internal:6379', '10.0.0.1:6379', '10.0.0.2:6379'])
    expect(told.username).toBe('default')
    expect(told.uris.every(({ uri }) => uri.includes('redis://default:secret@clu.cell.internal:6379'))).toBe(true)
  })
})
