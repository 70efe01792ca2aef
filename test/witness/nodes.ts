import { join } from 'node:path'
import { DescribeSubnetsCommand, EC2Client } from '@aws-sdk/client-ec2'
import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm'
import type { Endpoint } from '../../local/aws/endpoint.ts'
import { createEcs, type Ecs } from '../../local/ecs/ecs.ts'
import type { EcsEvent } from '../../local/ecs/events.ts'
import { readTemplate } from '../../local/template/template.ts'
import { systemTimers } from '../../local/timers.ts'
import { images } from '../support/given-cell.ts'
import { clientConfig } from './aws.ts'
import type { Target } from './cdk-cli.ts'

/** Subnets as the emulator made them, with ids of its own. */
async function subnetsOf({ url, region }: Target): Promise<{ id: string; az: string }[]> {
  const client = new EC2Client(clientConfig(url, region))
  const { Subnets = [] } = await client.send(new DescribeSubnetsCommand({}))
  client.destroy()
  return Subnets.flatMap(({ SubnetId, AvailabilityZone }) => (SubnetId && AvailabilityZone ? [{ id: SubnetId, az: AvailabilityZone }] : []))
}

/** As an ECS agent does before it starts a container, from the emulator's parameters. */
function secretReader({ url, region }: Target): { read(name: string): Promise<string>; close(): void } {
  const client = new SSMClient(clientConfig(url, region))
  return {
    read: async (name) => {
      const { Parameters = [] } = await client.send(new GetParametersCommand({ Names: [name], WithDecryption: true }))
      const value = Parameters[0]?.Value
      if (value === undefined) throw new Error(`the secret ${name} is not in the emulator's parameter store`)
      return value
    },
    close: () => client.destroy(),
  }
}

/** Our own ECS answers, behind `endpoint`, with real processes: hosts from the template, subnets and secrets from the emulator. */
export async function startNodes(
  endpoint: Endpoint,
  options: { outDir: string; scratch: string; target: Target; emit: (event: EcsEvent) => void },
): Promise<{ ecs: Ecs; stop(): Promise<void> }> {
  const { outDir, scratch, target } = options
  const { ecsClusters, hostGroups, account, region } = readTemplate(outDir, endpoint.url)
  const secrets = secretReader(target)
  const ecs = await createEcs({
    ...{ account, region, hostGroups, timers: systemTimers, images: images(), emit: options.emit },
    clusters: ecsClusters,
    subnets: await subnetsOf(target),
    readSecret: secrets.read,
    dataDir: join(scratch, 'ecs'),
  })
  endpoint.add(ecs.service)
  await ecs.resume()
  return {
    ecs,
    stop: async () => {
      await ecs.stop('end')
      secrets.close()
    },
  }
}
