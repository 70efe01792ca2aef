import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import * as z from 'zod'
import type { Adapted, Template } from './adapt.ts'
import { adaptAssembly } from './assembly.ts'
import { clientConfig, rawAws } from './aws.ts'
import { cdk, type Target } from './cdk-cli.ts'
import { type Completed, completeTable } from './complete.ts'

const Resource = z.object({
  LogicalResourceId: z.string(),
  PhysicalResourceId: z.string(),
  ResourceType: z.string(),
  ResourceStatus: z.string(),
})
export type DeployedResource = z.infer<typeof Resource>

export interface Deployed extends Adapted {
  stack: string
  completed: Completed[]
  resources: DeployedResource[]
}

const Resources = z
  .object({
    DescribeStackResourcesResponse: z.object({
      DescribeStackResourcesResult: z.object({ StackResources: z.object({ member: z.array(Resource) }) }),
    }),
  })
  .transform((answer) => answer.DescribeStackResourcesResponse.DescribeStackResourcesResult.StackResources.member)

/** An image for the hosts that nobody starts. */
async function putPublicParameters(template: Template, { url, region }: Target): Promise<void> {
  const client = new SSMClient(clientConfig(url, region))
  for (const { Default } of Object.values(template.Parameters ?? {})) {
    if (typeof Default === 'string' && Default.startsWith('/witness/'))
      await client.send(new PutParameterCommand({ Name: Default, Type: 'String', Value: 'ami-0123456789abcdef0' }))
  }
  client.destroy()
}

/**
 * `cdk bootstrap` and `cdk deploy` of what `cdk synth` wrote, as a platform team runs them.
 * @param assembly a new directory, for the adapted assembly
 */
export async function deploy(outDir: string, assembly: string, target: Target): Promise<Deployed> {
  const { name, template, stripped } = await adaptAssembly(outDir, assembly)
  await putPublicParameters(template, target)
  await cdk(['bootstrap', `aws://${target.account}/${target.region}`], target, assembly)
  await cdk(['deploy', '--app', assembly, '--require-approval', 'never', name], target, assembly)
  const aws = rawAws(target.url, target.region)
  const answer = await aws.query('cloudformation', '2010-05-15', 'DescribeStackResources', { StackName: name })
  const tables = Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::DynamoDB::Table')
  const completed = await Promise.all(tables.map(({ Properties }) => completeTable(Properties, target)))
  return { stack: name, template, stripped, completed: completed.flat(), resources: Resources.parse(answer) }
}
