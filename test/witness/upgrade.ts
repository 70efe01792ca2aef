import { createHash } from 'node:crypto'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb'
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda'
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs'
import type { Template } from './adapt.ts'
import { readStack } from './assembly.ts'
import { clientConfig, rawAws } from './aws.ts'
import { cdk } from './cdk-cli.ts'
import { physicalId, type WitnessCell } from './cell.ts'
import { expectSame } from './witnessed.ts'

const MEMORY_MIB = 1280

async function items({ target, deployed }: WitnessCell): Promise<number> {
  const client = new DynamoDBClient(clientConfig(target.url, target.region))
  const { Count = 0 } = await client.send(new ScanCommand({ TableName: physicalId(deployed, 'AWS::DynamoDB::Table'), Select: 'COUNT' }))
  client.destroy()
  return Count
}

async function functionMemory({ target }: WitnessCell): Promise<number[]> {
  const client = new LambdaClient(clientConfig(target.url, target.region))
  const { Functions = [] } = await client.send(new ListFunctionsCommand({}))
  client.destroy()
  return Functions.map(({ MemorySize = 0 }) => MemorySize)
}

async function queues({ target }: WitnessCell): Promise<number> {
  const client = new SQSClient(clientConfig(target.url, target.region))
  const { QueueUrls = [] } = await client.send(new ListQueuesCommand({}))
  client.destroy()
  return QueueUrls.length
}

/** The template as another, under a name of its own: what was published once under a name is not published again. */
async function alter(assembly: string, change: (template: Template) => void): Promise<void> {
  const { file, template } = await readStack(assembly)
  change(template)
  const text = JSON.stringify(template)
  await writeFile(join(assembly, file), text)
  const name = createHash('sha256').update(text).digest('hex')
  const manifest = await readFile(join(assembly, 'manifest.json'), 'utf8')
  const published = /"stackTemplateAssetObjectUrl": "[^"]*\/([0-9a-f]{64})\.json"/.exec(manifest)?.[1]
  if (published === undefined) throw new Error('the manifest does not say where the template is published')
  for (const list of (await readdir(assembly)).filter((entry) => entry === 'manifest.json' || entry.endsWith('.assets.json'))) {
    const renamed = (await readFile(join(assembly, list), 'utf8')).replaceAll(published, name)
    // A link into the assembly that was synthesised, which stays as it is.
    await rm(join(assembly, list))
    await writeFile(join(assembly, list), renamed)
  }
}

/** A template that is new in its functions only: they are changed, and what the cell remembers stays. */
export async function upgraded(cell: WitnessCell) {
  const { target, deployed, assembly } = cell
  const before = await items(cell)
  await alter(assembly, ({ Resources }) => {
    for (const { Type, Properties } of Object.values(Resources))
      if (Type === 'AWS::Lambda::Function' && Properties) Properties.MemorySize = MEMORY_MIB
  })
  await cdk(['deploy', '--app', assembly, '--require-approval', 'never', deployed.stack], target, assembly)
  const memory = await functionMemory(cell)
  expectSame('memory of the functions', [...new Set(memory)], [MEMORY_MIB])
  if ((await items(cell)) < before) throw new Error('items are gone from the table')
  return { seen: `${memory.length} functions changed, the table kept its items`, found: true }
}

/** That a stack is not destroyed before its protection is off, what goes with it then, and what stays. */
export async function tornDown(cell: WitnessCell) {
  const { target, deployed, assembly } = cell
  const destroy = (): Promise<void> => cdk(['destroy', '--app', assembly, '--force', deployed.stack], target, assembly)
  const before = await items(cell)
  const refusal = await destroy().catch((error: unknown) => String(error))
  if (!refusal?.includes('TerminationProtection')) throw new Error(`destroyed at once, or refused for another reason: ${refusal}`)
  const off = { StackName: deployed.stack, EnableTerminationProtection: 'false' }
  await rawAws(target.url, target.region).query('cloudformation', '2010-05-15', 'UpdateTerminationProtection', off)
  await destroy()
  expectSame('functions and queues', [(await functionMemory(cell)).length, await queues(cell)], [0, 0])
  if (before === 0 || (await items(cell)) !== before) throw new Error('the table did not stay as it was')
  return { seen: `refused while protected; then functions and queues are gone, and the table stays with ${before} items`, found: true }
}
