import { GatewayVpcEndpointAwsService, IpAddresses, type ISubnet, Peer, Port, SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2'
import { PrivateHostedZone } from 'aws-cdk-lib/aws-route53'
import { Construct, type IDependable } from 'constructs'
import { SHARED_PORTS } from '../shared/platform/shared-ports.ts'
import { connectClients } from './client-access.ts'
import { type CellConfig, clientCidrs } from './config.ts'
import { hostEndpoints, hostSubnets, natGateways } from './egress.ts'

/**
 * The cell's VPC: tasks and the ring function in isolated subnets, hosts in subnets of their own, with the way out that was chosen and
 * no way in. With addresses of their own for hosts it costs nothing while idle: pulls and secrets leave by the host's own interface.
 */
export class Network extends Construct {
  readonly vpc: Vpc
  readonly zone: PrivateHostedZone
  readonly hostGroup: SecurityGroup
  /** Beside the hosts' group, for those whose nodes listen at the host's address. */
  readonly sharedHostGroup: SecurityGroup
  readonly ringGroup: SecurityGroup
  readonly taskSubnets = { subnetGroupName: 'tasks' }
  /** What a host cannot start without, beside its subnet's own way out. */
  readonly endpoints: IDependable[]

  constructor(scope: Construct, id: string, config: CellConfig) {
    super(scope, id)
    this.vpc = new Vpc(this, 'Vpc', {
      vpcName: config.cell,
      ipAddresses: IpAddresses.cidr(config.vpcCidr),
      availabilityZones: config.availabilityZones,
      natGateways: natGateways(config),
      // Would bring a Lambda of its own; nothing uses the default group.
      restrictDefaultSecurityGroup: false,
      subnetConfiguration: [{ name: 'tasks', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 18 }, ...hostSubnets(config.egress)],
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
    this.sharedHostGroup = this.openToNodes(config)
    this.endpoints = config.egress === 'endpoints' ? hostEndpoints(this, this.vpc, this.hostGroup) : []
    connectClients(this, { config, vpc: this.vpc, zone: this.zone })
  }

  /** Client ports to clients; what nodes have for each other to hosts of the same kind and, of that, what takes commands to the ring function. */
  private openToNodes(config: CellConfig): SecurityGroup {
    const group = new SecurityGroup(this, 'SharedHostGroup', { vpc: this.vpc, description: 'Hosts whose network nodes share' })
    const { client, peers, bus } = SHARED_PORTS
    for (const cidr of clientCidrs(config)) group.addIngressRule(Peer.ipv4(cidr), Port.tcpRange(client.from, client.to), 'Clients of nodes')
    group.addIngressRule(group, Port.tcpRange(peers.from, bus.to), 'Nodes, over TLS')
    group.addIngressRule(this.ringGroup, Port.tcpRange(peers.from, peers.to), 'The ring function, over TLS')
    return group
  }

  /** The subnet of one kind in one AZ. */
  subnet(kind: 'tasks' | 'hosts', availabilityZone: string): ISubnet {
    const { subnets } = this.vpc.selectSubnets({ subnetGroupName: kind })
    const found = subnets.find((subnet) => subnet.availabilityZone === availabilityZone)
    if (!found) throw new Error(`no ${kind} subnet in ${availabilityZone}`)
    return found
  }
}
