import { GatewayVpcEndpointAwsService, IpAddresses, type ISubnet, Peer, Port, SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2'
import { PrivateHostedZone } from 'aws-cdk-lib/aws-route53'
import { Construct } from 'constructs'
import type { CellConfig } from './config.ts'

/**
 * The cell's VPC, which costs nothing while idle: hosts in public subnets with an address of their own and no way in, tasks and the
 * ring function in isolated ones. No NAT and no interface endpoint: pulls, secrets and logs leave by the host's own interface.
 */
export class Network extends Construct {
  readonly vpc: Vpc
  readonly zone: PrivateHostedZone
  readonly hostGroup: SecurityGroup
  readonly ringGroup: SecurityGroup
  readonly taskSubnets = { subnetGroupName: 'tasks' }

  constructor(scope: Construct, id: string, config: CellConfig) {
    super(scope, id)
    this.vpc = new Vpc(this, 'Vpc', {
      vpcName: config.cell,
      ipAddresses: IpAddresses.cidr(config.vpcCidr),
      availabilityZones: config.availabilityZones,
      natGateways: 0,
      // Would bring a Lambda of its own; nothing uses the default group.
      restrictDefaultSecurityGroup: false,
      subnetConfiguration: [
        { name: 'tasks', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 18 },
        { name: 'hosts', subnetType: SubnetType.PUBLIC, cidrMask: 24, mapPublicIpOnLaunch: true },
      ],
    })
    this.vpc.addGatewayEndpoint('S3', { service: GatewayVpcEndpointAwsService.S3 })
    this.vpc.addGatewayEndpoint('DynamoDb', { service: GatewayVpcEndpointAwsService.DYNAMODB })

    this.zone = new PrivateHostedZone(this, 'Zone', { zoneName: `${config.cell}.ringhold.internal`, vpc: this.vpc })
    this.hostGroup = new SecurityGroup(this, 'HostGroup', { vpc: this.vpc, description: 'Hosts: nothing comes in' })
    this.ringGroup = new SecurityGroup(this, 'RingGroup', {
      vpc: this.vpc,
      description: 'The ring function: out to nodes only',
      allowAllOutbound: false,
    })
    this.ringGroup.addEgressRule(Peer.ipv4(config.vpcCidr), Port.tcpRange(1024, 65_535), 'Ports of nodes')
  }

  /** The subnet of one kind in one AZ. */
  subnet(kind: 'tasks' | 'hosts', availabilityZone: string): ISubnet {
    const { subnets } = this.vpc.selectSubnets({ subnetGroupName: kind })
    const found = subnets.find((subnet) => subnet.availabilityZone === availabilityZone)
    if (!found) throw new Error(`no ${kind} subnet in ${availabilityZone}`)
    return found
  }
}
