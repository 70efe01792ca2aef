import { rmSync } from 'node:fs'
import { ECSClient } from '@aws-sdk/client-ecs'
import { startEndpoint } from '../../../local/aws/endpoint.ts'
import { createEcs, type Ecs } from '../../../local/ecs/ecs.ts'
import type { EcsEvent } from '../../../local/ecs/events.ts'
import type { EcsOptions } from '../../../local/ecs/options.ts'
import { ecsOptions, freshDirectory } from './given.ts'

export interface EcsOnHttp {
  ecs: Ecs
  client: ECSClient
  dataDir: string
  /** Resolves with the first event, past or to come, of that task in that state. */
  reaches(taskArn: string | undefined, lastStatus: string): Promise<EcsEvent>
  /** Closes what was opened around the model. */
  close(): Promise<void>
  stop(): Promise<void>
}

/** The model with real processes, behind the real endpoint and the real SDK. */
export async function startEcs(more: Partial<EcsOptions> = {}): Promise<EcsOnHttp> {
  const dataDir = more.dataDir ?? freshDirectory()
  const events: EcsEvent[] = []
  const waiting = new Set<() => void>()
  const emit = (event: EcsEvent): void => {
    events.push(event)
    for (const look of [...waiting]) look()
  }
  const ecs = await createEcs(ecsOptions(dataDir, { emit, ...more }))
  await ecs.resume()
  const endpoint = await startEndpoint({ services: [ecs.service] })
  const credentials = { accessKeyId: 'operator', secretAccessKey: 'local' }
  const client = new ECSClient({ endpoint: endpoint.url, region: 'us-east-1', credentials, maxAttempts: 1 })
  const close = async (): Promise<void> => {
    client.destroy()
    await endpoint.stop()
  }
  return {
    ...{ ecs, client, dataDir, close },
    reaches: (taskArn, lastStatus) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = events.find(({ detail }) => detail.taskArn === taskArn && detail.lastStatus === lastStatus)
          if (!found) return
          waiting.delete(look)
          resolve(found)
        }
        waiting.add(look)
        look()
      }),
    stop: async () => {
      await close()
      await ecs.stop('end')
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
