import { describe, expect, it } from '@jest/globals'
import { routeMatcher } from '../../../local/gateway/route-match.ts'

const chosen = (keys: string[], method: string, path: string) => {
  const match = routeMatcher(keys.map((key) => ({ key })))(method, path)
  return match && [match.route.key, match.pathParameters]
}

describe('the choice of a route', () => {
  // The routes and requests of the developer guide's own example.
  const guide = ['GET /pets/dog/1', 'GET /pets/dog/{id}', 'GET /pets/{proxy+}', 'ANY /{proxy+}', '$default'].reverse()

  it.each([
    ['GET', '/pets/dog/1', 'GET /pets/dog/1', {}],
    ['GET', '/pets/dog/2', 'GET /pets/dog/{id}', { id: '2' }],
    ['GET', '/pets/cat/1', 'GET /pets/{proxy+}', { proxy: 'cat/1' }],
    ['POST', '/test/5', 'ANY /{proxy+}', { proxy: 'test/5' }],
  ])('sends %s %s to %s', (method, path, key, parameters) => {
    expect(chosen(guide, method, path)).toEqual([key, parameters])
  })

  it('prefers the method to ANY on the same path', () => {
    expect(chosen(['ANY /things', 'POST /things'], 'POST', '/things')).toEqual(['POST /things', {}])
    expect(chosen(['ANY /things', 'POST /things'], 'GET', '/things')).toEqual(['ANY /things', {}])
  })

  it('gives a greedy variable at least one segment', () => {
    expect(chosen(['ANY /{proxy+}', '$default'], 'GET', '/')).toEqual(['$default', {}])
    expect(chosen(['ANY /{proxy+}'], 'GET', '/')).toBeUndefined()
  })

  it('matches whole paths only', () => {
    expect(chosen(['GET /things/{id}'], 'GET', '/things')).toBeUndefined()
    expect(chosen(['GET /things/{id}'], 'GET', '/things/1/parts')).toBeUndefined()
    expect(chosen(['GET /things/{id}'], 'GET', '/things/')).toBeUndefined()
  })

  it('refuses what is no route key', () => {
    expect(() => routeMatcher([{ key: 'things' }])).toThrow('things is not a route key')
  })
})
