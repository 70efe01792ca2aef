import { ERRORS } from '../../../shared/contract/errors.ts'
import { CODES } from './codes.ts'
import { givenScenes, type Scene } from './given-scene.ts'

let scenes: { scene(): Promise<Scene>; stop(): Promise<void> }
beforeAll(async () => {
  scenes = await givenScenes()
})
afterAll(() => scenes.stop())

const known: Readonly<Record<string, { status: number; title: string; retryable: boolean }>> = ERRORS

describe('the code', () => {
  it.each(Object.entries(CODES))('%s is what a caller gets', async (code, provoke) => {
    const scene = await scenes.scene()
    const { status, headers, body, text } = await provoke(scene)
    expect(body).toMatchObject({ code, type: `/problems/${code}`, ...known[code], request_id: headers['x-request-id'] })
    expect(status).toBe(known[code]?.status)
    expect(text.length).toBeLessThan(4_000)
    for (const secret of scene.world.secrets) expect(text).not.toContain(secret)
  })

  it('that is worth asking again says when', async () => {
    const retryable = Object.entries(CODES).filter(
      ([code]) => known[code]?.retryable && code !== 'internal_error' && code !== 'cluster_not_ready',
    )
    for (const [code, provoke] of retryable) {
      const { headers } = await provoke(await scenes.scene())
      expect({ code, after: headers['retry-after'] }).toEqual({ code, after: expect.stringMatching(/^\d+$/) })
    }
  })
})
