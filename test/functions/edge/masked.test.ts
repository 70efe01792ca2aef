import { maskedPath, maskedText } from '../../../functions/edge/masked.ts'

describe('what is kept of a request', () => {
  it('has its path with the ids in it, and nothing that may be a secret', () => {
    const told = '/v1/clusters/clu_01m82etcx3pmg5b5pdfy45h6f3/nodes'
    expect(maskedPath(told)).toBe(told)
    expect(maskedPath('/problems/invalid_idempotency_key')).toBe('/problems/invalid_idempotency_key')
    expect(maskedPath('/openapi.json')).toBe('/openapi.json')
    expect(maskedPath('/v1/keys/rgh_live_01m82etcx3pmg5b5pdfy45h6f3_PxIKZxSJlABU/x')).toBe('/v1/keys/.../x')
    expect(maskedPath('/v1/keys/whsec_HwOTfNCCrUvV/abc+=')).toBe('/v1/keys/.../...')
    expect(maskedPath('/v1//')).toBe('/v1//')
  })

  it('has who it says it is, without a secret in it', () => {
    const browser = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36'
    expect(maskedText(browser)).toBe(browser)
    expect(maskedText('curl rgh_live_01m82etcx3pmg5b5pdfy45h6f3_PxIKZxSJlABU and more')).toBe('curl ... and more')
  })
})
