import { SSMClient } from '@aws-sdk/client-ssm'
import { type Endpoint, startEndpoint } from '../../../local/aws/endpoint.ts'
import { createSsm } from '../../../local/ssm/ssm.ts'
import { systemTimers } from '../../../local/timers.ts'
import { parameterSecrets, type Secrets } from '../../../shared/platform/secrets.ts'

let endpoint: Endpoint
let secrets: Secrets
beforeEach(async () => {
  const ssm = createSsm({ account: '123456789012', region: 'eu-west-1', timers: systemTimers })
  endpoint = await startEndpoint({ services: [ssm.service] })
  const credentials = { accessKeyId: 'api', secretAccessKey: 'local' }
  secrets = parameterSecrets(new SSMClient({ endpoint: endpoint.url, region: 'eu-west-1', credentials, maxAttempts: 1 }))
})
afterEach(() => endpoint.stop())

describe('a secret', () => {
  it('is what was put last, until it is deleted', async () => {
    expect(await secrets.get('/cell-1/a')).toBeUndefined()
    await secrets.put('/cell-1/a', 'one')
    await secrets.put('/cell-1/a', 'two')
    expect(await secrets.get('/cell-1/a')).toBe('two')
    await secrets.delete('/cell-1/a')
    await secrets.delete('/cell-1/a')
    expect(await secrets.get('/cell-1/a')).toBeUndefined()
  })

  it('is made once, though many make it at the same moment', async () => {
    const made = await Promise.all(['a', 'b', 'c', 'd'].map((value) => secrets.createIfAbsent('/cell-1/master', () => value)))
    expect(new Set(made).size).toBe(1)
    expect(await secrets.get('/cell-1/master')).toBe(made[0])
  })
})
