import { join } from 'node:path'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { startEndpoint } from '../../local/aws/endpoint.ts'
import type { Ecs } from '../../local/ecs/ecs.ts'
import { END_SCRIPT } from '../../local/ecs/process-identity.ts'
import { makePlatformKey } from '../../local/platform-key.ts'
import { readTemplate } from '../../local/template/template.ts'
import { throwaway } from '../../local/throwaway.ts'
import { clientConfig } from './aws.ts'
import type { Target } from './cdk-cli.ts'
import { type Deployed, deploy } from './deploy.ts'
import { startMinistack } from './ministack.ts'
import { startNodes } from './nodes.ts'
import type { Python } from './python.ts'
import { type TaskEvents, taskEvents } from './task-events.ts'

/** The template, deployed into an emulator that is not ours; ECS alone is answered by the local cloud's model. */
export interface WitnessCell {
  target: Target
  deployed: Deployed
  /** The assembly as it was adapted. */
  assembly: string
  ecs: Ecs
  /** Where our own ECS answers. */
  ecsUrl: string
  events: TaskEvents
  /** Of the HTTP API, as the emulator serves it. */
  apiUrl: string
  platformKey: string
  /** What the emulator has said. */
  said(): string
  stop(): Promise<void>
}

/** The one physical id of that type. */
export function physicalId({ resources }: Deployed, type: string): string {
  const [found, ...others] = resources.filter(({ ResourceType }) => ResourceType === type)
  if (!found || others.length > 0) throw new Error(`${others.length + (found ? 1 : 0)} resources are of type ${type}`)
  return found.PhysicalResourceId
}

async function platformKey({ url, region }: Target, table: string): Promise<string> {
  const client = new DynamoDBClient(clientConfig(url, region))
  const { key } = await makePlatformKey(client, table, 'witness')
  client.destroy()
  return key
}

type Close = () => unknown

async function compose(python: Python, outDir: string, closers: Close[]): Promise<Omit<WitnessCell, 'stop'>> {
  const scratch = throwaway('ringhold-witness-cell-', END_SCRIPT)
  closers.push(scratch.remove)
  const endpoint = await startEndpoint()
  closers.push(endpoint.stop)
  const { account, region } = readTemplate(outDir, endpoint.url)
  const ministack = await startMinistack(python, account, region, { AWS_ENDPOINT_URL_ECS: endpoint.url })
  closers.push(ministack.stop)
  const target = { url: ministack.url, account, region }
  const deployed = await deploy(outDir, join(scratch.path, 'assembly'), target)
  const events = await taskEvents(target.url, region)
  const nodes = await startNodes(endpoint, { outDir, scratch: scratch.path, target, emit: events.emit })
  closers.push(nodes.stop)
  return {
    ...{ target, deployed, assembly: join(scratch.path, 'assembly'), ecs: nodes.ecs, ecsUrl: endpoint.url, events, said: ministack.said },
    apiUrl: `${target.url}/_aws/execute-api/${physicalId(deployed, 'AWS::ApiGatewayV2::Api')}/$default`,
    platformKey: await platformKey(target, physicalId(deployed, 'AWS::DynamoDB::Table')),
  }
}

/** @throws with what the emulator said when the template cannot be deployed; nothing is left running then */
export async function givenWitnessCell(python: Python, outDir: string): Promise<WitnessCell> {
  const closers: Close[] = []
  const stop = async (): Promise<void> => {
    for (const close of closers.splice(0).reverse()) await close()
  }
  try {
    return { ...(await compose(python, outDir, closers)), stop }
  } catch (error) {
    await stop()
    throw error
  }
}
