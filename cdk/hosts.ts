import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Stack, Tags } from 'aws-cdk-lib'
import { AutoScalingGroup } from 'aws-cdk-lib/aws-autoscaling'
import {
  BlockDeviceVolume,
  EbsDeviceVolumeType,
  InstanceArchitecture,
  InstanceType,
  LaunchTemplate,
  LaunchTemplateHttpTokens,
  UserData,
} from 'aws-cdk-lib/aws-ec2'
import {
  AmiHardwareType,
  CfnCapacityProvider,
  CfnCluster,
  CfnClusterCapacityProviderAssociations,
  EcsOptimizedImage,
} from 'aws-cdk-lib/aws-ecs'
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Construct } from 'constructs'
import type { HostClass } from '../shared/platform/env.ts'
import { SHARED_PORTS } from '../shared/platform/shared-ports.ts'
import { type CellConfig, type HostClassConfig, hostMemoryMib, largestNodeMib, ROOT_DISK_GIB } from './config.ts'
import { hostStatements } from './host-rights.ts'
import type { Network } from './network.ts'
import { machines } from './spot.ts'

const script = (name: string): string => readFileSync(join(import.meta.dirname, name), 'utf8')
const SETUP = script('host-setup.sh')
/** Writes a script where the host keeps its own. */
const installed = (name: string): string =>
  [`cat >/usr/local/sbin/ringhold-${name} <<'SCRIPT'`, script(`host-${name}.sh`).trimEnd(), 'SCRIPT'].join('\n')
/** What nodes have for each other. */
const PEER_PORTS = `${SHARED_PORTS.peers.from}:${SHARED_PORTS.bus.to}`

/**
 * What the agent keeps from tasks, of the memory that the kernel shows, which is some 2 % less than the type is sold with: what each
 * node has beside its limit (its shim and its init), Docker, the agents. ECS then places what the cell counts on.
 */
const reservedMib = (hostClass: HostClassConfig): number => Math.floor(hostClass.memoryMib * 0.98) - hostMemoryMib(hostClass)

const disk = (gib: number) =>
  BlockDeviceVolume.ebs(gib, { encrypted: true, volumeType: EbsDeviceVolumeType.GP3, deleteOnTermination: true })

/**
 * The ECS cluster and the machines under it: one Auto Scaling group and one capacity provider per AZ and class, so that a task can name
 * the AZ it goes to and no task is larger than the smallest machine that scaling would add.
 */
export class Hosts extends Construct {
  readonly cluster: CfnCluster
  /** As the functions are told them. */
  readonly classes: HostClass[]
  private readonly role: Role

  constructor(scope: Construct, id: string, props: { config: CellConfig; network: Network }) {
    super(scope, id)
    const { config, network } = props
    this.cluster = new CfnCluster(this, 'Cluster', {
      clusterName: config.cell,
      // Charged by task definition family, of which every ring has one.
      clusterSettings: [{ name: 'containerInsights', value: 'disabled' }],
    })
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('ec2.amazonaws.com'), description: `Hosts of ${config.cell}` })
    const instances = Stack.of(this).formatArn({ service: 'ecs', resource: 'container-instance', resourceName: `${config.cell}/*` })
    for (const statement of hostStatements(this.cluster.attrArn, instances)) this.role.addToPolicy(statement)

    this.classes = config.hostClasses.map((hostClass) => {
      const template = this.launchTemplate(config, hostClass, network)
      const providers = config.availabilityZones.map((az) => [az, this.capacityProvider(config.cell, hostClass, template, az, network).ref])
      return {
        name: hostClass.name,
        max_node_memory_mib: largestNodeMib(hostClass),
        network: hostClass.network,
        capacity_providers: Object.fromEntries(providers),
      }
    })
    new CfnClusterCapacityProviderAssociations(this, 'Providers', {
      cluster: this.cluster.ref,
      capacityProviders: this.classes.flatMap((hostClass) => Object.values(hostClass.capacity_providers)),
      // None: a task that names no provider is a mistake.
      defaultCapacityProviderStrategy: [],
    })
  }

  private launchTemplate({ cell, vpcCidr, imageRegistry }: CellConfig, hostClass: HostClassConfig, network: Network): LaunchTemplate {
    const userData = UserData.forLinux()
    const about = [
      `RINGHOLD_CLUSTER=${cell}`,
      `RINGHOLD_HOSTS=${vpcCidr}`,
      `RINGHOLD_PEER_PORTS=${PEER_PORTS}`,
      `RINGHOLD_TASK_INTERFACES=${hostClass.network === 'own'}`,
      `RINGHOLD_RESERVED_MIB=${reservedMib(hostClass)}`,
      // A tag of your own registry moves when its image is built anew; Docker Hub counts who asks.
      `RINGHOLD_PULL=${imageRegistry === undefined ? 'prefer-cached' : 'default'}`,
    ]
    userData.addCommands(...about, installed('leftovers'), installed('firewall'), SETUP)
    const instanceType = new InstanceType(hostClass.instanceType)
    const hardware = instanceType.architecture === InstanceArchitecture.ARM_64 ? AmiHardwareType.ARM : AmiHardwareType.STANDARD
    const template = new LaunchTemplate(this, `Template-${hostClass.name}`, {
      launchTemplateName: `${cell}-${hostClass.name}`,
      machineImage: EcsOptimizedImage.amazonLinux2023(hardware),
      instanceType,
      role: this.role,
      securityGroup: network.hostGroup,
      userData,
      httpTokens: LaunchTemplateHttpTokens.REQUIRED,
      httpPutResponseHopLimit: 1,
      requireImdsv2: true,
      blockDevices: [
        { deviceName: '/dev/xvda', volume: disk(ROOT_DISK_GIB) },
        { deviceName: '/dev/xvdb', volume: disk(hostClass.dataDiskGib) },
      ],
    })
    if (hostClass.network === 'shared') template.addSecurityGroup(network.sharedHostGroup)
    Tags.of(template).add('Name', `${cell}-${hostClass.name}`)
    return template
  }

  private capacityProvider(cell: string, hostClass: HostClassConfig, launchTemplate: LaunchTemplate, az: string, network: Network) {
    const name = `${cell}-${hostClass.name}-${az}`
    const subnet = network.subnet('hosts', az)
    const group = new AutoScalingGroup(this, `Hosts-${hostClass.name}-${az}`, {
      autoScalingGroupName: name,
      vpc: network.vpc,
      vpcSubnets: { subnets: [subnet] },
      ...machines(hostClass, launchTemplate),
      minCapacity: hostClass.minPerAz,
      maxCapacity: hostClass.maxPerAz,
      // Scaling in takes empty hosts only. No update policy: a deployment never takes a host with nodes down, new hosts get the new template.
      newInstancesProtectedFromScaleIn: true,
    })
    // ECS puts this tag on the group when it gets its provider, too late for the first hosts, which would then belong to none:
    // https://github.com/hashicorp/terraform-provider-aws/issues/12582
    Tags.of(group).add('AmazonECSManaged', 'true')
    // A host that boots before it has a way out cannot join.
    group.node.addDependency(subnet.internetConnectivityEstablished, ...network.endpoints)
    return new CfnCapacityProvider(this, `Provider-${hostClass.name}-${az}`, {
      name,
      autoScalingGroupProvider: {
        autoScalingGroupArn: group.autoScalingGroupName,
        managedScaling: {
          status: 'ENABLED',
          targetCapacity: 100,
          minimumScalingStepSize: 1,
          maximumScalingStepSize: 10,
          instanceWarmupPeriod: 90,
        },
        managedTerminationProtection: 'ENABLED',
        // It would hold back the end of a host until its tasks have stopped, up to 48 hours, and stops no task that is no service's:
        // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instance-draining.html. A host that fails must go at once.
        managedDraining: 'DISABLED',
      },
    })
  }
}
