import { createServer } from 'node:net'
import { describe, expect, it } from '@jest/globals'
import { startCloud } from '../../../local/cloud.ts'
import { givenAssembly } from '../fixtures/assembly.ts'
import { smallCell } from '../fixtures/small-cell.ts'

const images = { pull: () => Promise.reject(new Error('there are no images')) }

describe('the API of a local cloud', () => {
  it('takes a free port where the wanted one is taken, only if that is allowed', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const apiPort = address && typeof address === 'object' ? address.port : 0
    const options = { outDir: givenAssembly({ Cell: { resources: smallCell() } }), images, apiPort }
    try {
      await expect(startCloud(options)).rejects.toThrow('EADDRINUSE')
      const cloud = await startCloud({ ...options, orFreePort: true })
      expect(Number(new URL(cloud.apiUrl).port)).not.toBe(apiPort)
      await cloud.stop()
    } finally {
      await new Promise((resolve) => server.close(resolve))
    }
  })
})
