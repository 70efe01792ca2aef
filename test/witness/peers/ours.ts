import { startEndpoint } from '../../../local/aws/endpoint.ts'
import { startDynamo } from '../../../local/dynamodb/dynamo.ts'
import { createEc2 } from '../../../local/ec2/ec2.ts'
import { createIam } from '../../../local/iam/iam.ts'
import { createRoute53 } from '../../../local/route53/route53.ts'
import { createSqs } from '../../../local/sqs/sqs.ts'
import { createSsm } from '../../../local/ssm/ssm.ts'
import { createSts } from '../../../local/sts/sts.ts'
import { systemTimers } from '../../../local/timers.ts'
import { createWorkflows } from '../../../local/workflows/workflows.ts'
import { ACCOUNT, clientsOf, MACHINE, REGION, ROLE, TABLE, TABLE_SHAPE, type World, ZONE } from './worlds.ts'

const VPC = 'vpc-0123456789abcdef0'
const ZONE_ID = 'Z0123456789ABCDEFGHI'
const common = { account: ACCOUNT, region: REGION, timers: systemTimers }

/** The role of one function, and the role that it assumes for a tenant. */
function givenIam() {
  const caller = `arn:aws:iam::${ACCOUNT}:role/function-role`
  const statement = { Action: ['sts:AssumeRole', 'sts:TagSession'], Condition: {} }
  const trusted = { ...statement, Effect: 'Allow' as const, Principal: { AWS: [caller], Service: [] } }
  const code = { logicalId: 'F', assetDir: '', handler: '', memoryMiB: 128, timeoutMs: 1, environment: {}, asyncRetries: 0 }
  const arn = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:f`
  const template = {
    account: ACCOUNT,
    region: REGION,
    tables: [],
    functions: [{ ...code, name: 'function', arn, role: caller }],
    roles: [
      { name: 'function-role', arn: caller, trust: [], statements: [], maxSessionSeconds: 3600 },
      { name: 'tenant-role', arn: ROLE, trust: [trusted], statements: [], maxSessionSeconds: 3600 },
    ],
  }
  return createIam({ template, groupTags: () => undefined, now: systemTimers.now })
}

/** The thin models by themselves, behind one endpoint, with the same in them as moto has. */
export async function ourWorld(): Promise<World & { stop(): Promise<void> }> {
  const queueUrl = `http://127.0.0.1/${ACCOUNT}/cell-1-deliveries`
  const queue = {
    ...{ name: 'cell-1-deliveries', url: queueUrl, arn: `arn:aws:sqs:${REGION}:${ACCOUNT}:cell-1-deliveries` },
    ...{ visibilityTimeoutMs: 30_000, delayMs: 0, retentionMs: 345_600_000 },
  }
  const machineArn = `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:${MACHINE.name}`
  const { AttributeDefinitions: attributes, KeySchema: keys, index } = TABLE_SHAPE
  const table = {
    ...{ name: TABLE, arn: `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/${TABLE}`, streamArn: '', attributes, keys },
    indexes: [{ name: index.IndexName, keys: index.KeySchema, projection: index.Projection }],
  }
  const dynamo = await startDynamo({ tables: [table], onError: console.error })
  const sqs = createSqs({ ...common, queues: [queue] })
  const refuse = async (): Promise<never> => {
    throw new Error('the machine invokes nothing')
  }
  const workflows = createWorkflows({ ...common, machines: [{ ...MACHINE, arn: machineArn }], invoke: refuse })
  const parts = [
    createSsm(common),
    createEc2({
      ...common,
      network: { vpcs: [{ id: VPC, cidr: '10.64.0.0/16' }], securityGroups: [] },
      networkInterfaces: () => [],
      instances: () => [],
    }),
    createRoute53({ ...common, zones: [{ id: ZONE_ID, name: ZONE }] }),
    createSts({ iam: givenIam(), account: ACCOUNT }),
    ...[sqs, workflows, dynamo],
  ]
  const endpoint = await startEndpoint({ services: parts.map(({ service }) => service) })
  return {
    ...clientsOf(endpoint.url),
    sts: clientsOf(endpoint.url, 'function').sts,
    ...{ vpcId: VPC, zoneId: ZONE_ID, queueUrl, machineArn, said: new Map() },
    stop: async () => {
      await endpoint.stop()
      await workflows.stop()
      sqs.stop()
      await dynamo.stop()
    },
  }
}
