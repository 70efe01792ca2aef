import { CfnOutput } from 'aws-cdk-lib'
import { CfnRoute, CfnTransitGatewayAttachment, CfnVPCPeeringConnection, Vpc } from 'aws-cdk-lib/aws-ec2'
import type { PrivateHostedZone } from 'aws-cdk-lib/aws-route53'
import type { Construct, IDependable } from 'constructs'
import type { CellConfig } from './config.ts'

interface Reached {
  config: CellConfig
  vpc: Vpc
  zone: PrivateHostedZone
}
type Via = { transitGatewayId: string } | { vpcPeeringConnectionId: string }

/** The way back to clients, from every subnet where nodes have addresses. */
function routes(scope: Construct, { config, vpc }: Reached, cidrs: string[], via: Via, after: IDependable): void {
  const shared = config.hostClasses.some(({ network }) => network === 'shared')
  const tasks = vpc.selectSubnets({ subnetGroupName: 'tasks' }).subnets.map((subnet) => ({ subnet, kind: '' }))
  const hosts = vpc.selectSubnets({ subnetGroupName: 'hosts' }).subnets.map((subnet) => ({ subnet, kind: 'Hosts' }))
  for (const { subnet, kind } of [...tasks, ...(shared ? hosts : [])]) {
    const { availabilityZone, routeTable } = subnet
    for (const destinationCidrBlock of cidrs) {
      const { routeTableId } = routeTable
      new CfnRoute(scope, `${kind}To-${destinationCidrBlock}-${availabilityZone}`, {
        routeTableId,
        destinationCidrBlock,
        ...via,
      }).node.addDependency(after)
    }
  }
}

function transitGateway(scope: Construct, reached: Reached, { id, cidrs }: { id: string; cidrs: string[] }): void {
  const { vpc } = reached
  const { subnetIds } = vpc.selectSubnets({ subnetGroupName: 'tasks' })
  const attachment = new CfnTransitGatewayAttachment(scope, 'ClientGateway', { transitGatewayId: id, vpcId: vpc.vpcId, subnetIds })
  routes(scope, reached, cidrs, { transitGatewayId: id }, attachment)
}

/**
 * Connects the cell's VPC with those of tenants' applications: the connection, the way back from nodes to them, and, for a VPC of the
 * same account, the names of rings. The way there is a route in their VPC, which is theirs to make.
 */
export function connectClients(scope: Construct, reached: Reached): void {
  const { clientAccess: access, region, availabilityZones } = reached.config
  if (access.by === 'transit-gateway') transitGateway(scope, reached, access)
  if (access.by !== 'peering') return
  for (const { vpcId, cidrs, account, region: peerRegion, roleArn } of access.peers) {
    const peering = new CfnVPCPeeringConnection(scope, `Peering-${vpcId}`, {
      vpcId: reached.vpc.vpcId,
      peerVpcId: vpcId,
      peerOwnerId: account,
      peerRegion,
      peerRoleArn: roleArn,
    })
    routes(scope, reached, cidrs, { vpcPeeringConnectionId: peering.attrId }, peering)
    new CfnOutput(scope, `PeeringWith-${vpcId}`, { value: peering.attrId, description: `For the routes from ${vpcId} to the cell` })
    // Another account's VPC needs to be let in by a call of its own: docs/deploy.md.
    if (account === undefined)
      reached.zone.addVpc(Vpc.fromVpcAttributes(scope, vpcId, { vpcId, region: peerRegion ?? region, availabilityZones }))
  }
}
