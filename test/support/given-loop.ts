import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EC2Client } from '@aws-sdk/client-ec2'
import { ECSClient } from '@aws-sdk/client-ecs'
import { Route53Client } from '@aws-sdk/client-route-53'
import { SSMClient } from '@aws-sdk/client-ssm'
import { createEc2 } from '../../local/ec2/ec2.ts'
import { createEcs, type Ecs } from '../../local/ecs/ecs.ts'
import type { HostGroup } from '../../local/ecs/options.ts'
import { createRoute53 } from '../../local/route53/route53.ts'
import { createSsm } from '../../local/ssm/ssm.ts'
import { systemTimers } from '../../local/timers.ts'
import { readCluster } from '../../shared/clusters/lease.ts'
import type { ClusterRecord } from '../../shared/clusters/record.ts'
import type { Clock } from '../../shared/platform/clock.ts'
import { containers } from '../../shared/platform/containers.ts'
import { drainingAmong, readHosts } from '../../shared/platform/hosts.ts'
import { idMaker } from '../../shared/platform/ids.ts'
import { names } from '../../shared/platform/names.ts'
import { network } from '../../shared/platform/network.ts'
import { parameterSecrets } from '../../shared/platform/secrets.ts'
import { tenantId } from '../../shared/platform/table.ts'
import { type TenantTable, tableFor } from '../../shared/platform/tenant-table.ts'
import { definitionTurns } from '../../shared/platform/turns.ts'
import { apply } from '../../shared/reconcile/apply.ts'
import type { ObserveDeps, StepDeps } from '../../shared/reconcile/deps.ts'
import type { Decision, Step } from '../../shared/reconcile/model.ts'
import { reconcile } from '../../shared/reconcile/reconcile.ts'
import { type GivenDynamo, givenDynamo, tableOver } from '../local/dynamodb/given.ts'
import { AGENT, ecsOptions } from '../local/ecs/given.ts'
import { type StillDriver, stillDriver } from '../local/ecs/still-driver.ts'
import { givenCluster, newCluster } from './cluster.ts'

const AZS = ['a', 'b', 'c']
const WHERE = { account: '111122223333', region: 'us-east-1' }
const ZONE = 'cell.internal'

/** Runs ahead of the system's clock: whoever sleeps on it is there a few milliseconds later. */
function hastyClock(): Clock & { skip(ms: number): void } {
  let ahead = 0
  return {
    now: () => Date.now() + ahead,
    sleep: async (ms) => {
      await new Promise((resolve) => setTimeout(resolve, 3))
      ahead += Math.ceil(ms)
    },
    skip: (ms) => {
      ahead += Math.ceil(ms)
    },
  }
}

/** The loop's own code over the local models of AWS, one turn at a time; containers are only thought of. */
export interface GivenLoop {
  deps: StepDeps & ObserveDeps
  table: TenantTable
  clock: Clock & { skip(ms: number): void }
  ecs: Ecs
  driver: StillDriver
  dynamo: GivenDynamo
  /** A cluster as the create transaction leaves it, with its operation and its quota. */
  cluster(id: string, changes?: Partial<ClusterRecord>): Promise<ClusterRecord>
  read(id: string): Promise<ClusterRecord>
  observe(id: string, execution?: string, turn?: number): Promise<Decision>
  /** One step as the graph runs it; a failure is recorded as its Catch would. */
  step(decision: Decision, step: Step): Promise<void>
  settle(decision: Decision, execution?: string): Promise<Decision>
  /** Follows the graph until the execution ends, or until `until` says so; answers all decisions. */
  run(id: string, execution?: string, until?: (decision: Decision) => boolean): Promise<Decision[]>
  stop(): Promise<void>
}

function parts(dynamo: GivenDynamo, dataDir: string, hosts: Partial<HostGroup>) {
  const driver = stillDriver()
  const hostGroups = AZS.map((az) => ({
    ...{
      capacityProvider: `small-${az}`,
      clusterName: 'cell',
      asg: `asg-${az}`,
      az,
      instanceType: 'c7g.2xlarge',
      min: 1,
      max: 3,
      agent: AGENT,
    },
    ...hosts,
  }))
  const subnets = AZS.map((az) => ({ id: `subnet-${az}`, az }))
  const ecs = createEcs(ecsOptions(dataDir, { driver: driver.make, hostGroups, subnets, hostBootMs: 5 }))
  const ssm = createSsm({ ...WHERE, timers: systemTimers })
  const route53 = createRoute53({ zones: [{ id: 'Z1', name: ZONE }], timers: systemTimers })
  for (const { service } of [ssm, route53]) dynamo.endpoint.add(service)
  return { driver, ecs }
}

function stepDeps(dynamo: GivenDynamo, clock: Clock): StepDeps & ObserveDeps {
  const credentials = { accessKeyId: 'step', secretAccessKey: 'local' }
  const config = { endpoint: dynamo.endpoint.url, region: WHERE.region, credentials, maxAttempts: 1 }
  const ecs = new ECSClient(config)
  return {
    ...tableOver(dynamo.documents),
    clock,
    newId: idMaker(clock.now),
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
    containers: containers(ecs, 'cell'),
    hosts: { all: () => readHosts(ecs, 'cell'), drainingAmong: (arns) => drainingAmong(ecs, 'cell', arns) },
    network: network(new EC2Client(config), 'vpc-1'),
    names: names(new Route53Client(config), 'Z1'),
    secrets: parameterSecrets(new SSMClient(config)),
    ring: () => Promise.reject(new Error('no ring is modelled')),
    definitionTurns: definitionTurns({
      ...{ ownDocuments: dynamo.documents, tableName: tableOver(dynamo.documents).tableName, clock },
      rate: { burst: 20, interval_ms: 1_000 },
    }),
    cell: {
      name: 'cell',
      ecsCluster: 'cell',
      executionRoleArn: 'arn:aws:iam::111122223333:role/execution',
      hostClasses: [
        {
          name: 'small',
          max_node_memory_mib: 15_000,
          network: 'own',
          capacity_providers: Object.fromEntries(AZS.map((az) => [az, `small-${az}`])),
        },
      ],
      taskSubnets: Object.fromEntries(AZS.map((az) => [az, `subnet-${az}`])),
      ringSecurityGroup: 'sg-ring',
      clientCidrs: ['10.0.0.0/16'],
      imageRegistry: 'docker.io',
      zoneName: ZONE,
    },
  }
}

const errorOf = (error: unknown): { Error: string; Cause: string } =>
  Error.isError(error)
    ? { Error: error.name, Cause: JSON.stringify({ errorType: error.name, errorMessage: error.message }) }
    : { Error: 'Unknown', Cause: String(error) }

export async function givenLoop(
  options: { hosts?: Partial<HostGroup>; faults?: Parameters<typeof givenDynamo>[0] } = {},
): Promise<GivenLoop> {
  const dataDir = mkdtempSync(join(tmpdir(), 'ringhold-loop-'))
  const dynamo = await givenDynamo(options.faults)
  const { driver, ecs: starting } = parts(dynamo, dataDir, options.hosts ?? {})
  const ecs = await starting
  await ecs.resume()
  const networkInterfaces = () => ecs.networkInterfaces().map(({ securityGroupId }) => ({ securityGroupIds: [securityGroupId] }))
  const groups = {
    vpcs: [{ id: 'vpc-1', cidr: '10.0.0.0/16' }],
    securityGroups: [{ id: 'sg-ring', vpcId: 'vpc-1', name: 'cell-ring', tags: {} }],
  }
  for (const { service } of [ecs, createEc2({ ...WHERE, network: groups, networkInterfaces, instances: ecs.instances })])
    dynamo.endpoint.add(service)
  const clock = hastyClock()
  const deps = stepDeps(dynamo, clock)
  const table = tableFor(deps, tenantId('ten_a'))
  const subject = (id: string) => ({ tenant_id: 'ten_a', cluster_id: id })

  const observe: GivenLoop['observe'] = (id, execution = 'me', turn = 0) =>
    reconcile(deps, table, { action: 'observe', ...subject(id), turn, execution })
  const settle: GivenLoop['settle'] = (decision, execution = 'me') => reconcile(deps, table, { ...decision, action: 'settle', execution })
  async function step({ cluster_id, fence, generation }: Decision, what: Step): Promise<void> {
    const event = { ...subject(cluster_id), fence, generation, step: what }
    try {
      await apply(deps, table, { action: 'step', ...event })
    } catch (error) {
      await apply(deps, table, { action: 'record-failure', ...event, failure: errorOf(error) })
    }
  }
  async function next(decision: Decision, execution: string): Promise<Decision> {
    if (decision.decision === 'settle') return settle(decision, execution)
    if (decision.decision === 'act') await Promise.all(decision.steps.map((each) => step(decision, each)))
    if (decision.decision === 'pause') await clock.sleep(decision.seconds * 1000)
    return observe(decision.cluster_id, execution, decision.turn)
  }
  return {
    ...{ deps, table, clock, ecs, driver, dynamo, observe, step, settle },
    cluster: (id, changes) => givenCluster(table, newCluster(id, changes), clock.now()),
    read: async (id) => {
      const cluster = await readCluster(table, id)
      if (!cluster) throw new Error(`there is no cluster ${id}`)
      return cluster
    },
    run: async (id, execution = 'me', until = () => false) => {
      const decisions = [await observe(id, execution)]
      for (let last = decisions[0]; last && last.decision !== 'end' && !until(last) && decisions.length < 200; last = decisions.at(-1))
        decisions.push(await next(last, execution))
      return decisions
    },
    stop: async () => {
      await ecs.stop('end')
      await dynamo.stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
