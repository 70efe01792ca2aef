import { type ISecurityGroup, Port, SecurityGroup, type SubnetConfiguration, SubnetType, type Vpc } from 'aws-cdk-lib/aws-ec2'
import type { Construct, IDependable } from 'constructs'
import type { CellConfig } from './config.ts'
import { HOST_ENDPOINTS } from './host-endpoints.ts'

/** Hosts keep their addresses whichever way they go out, so that it may be changed later. The largest that fit beside the tasks' /18s. */
const hosts = { name: 'hosts', cidrMask: 20 }

const SUBNETS: Record<CellConfig['egress'], SubnetConfiguration[]> = {
  'public-ip': [{ ...hosts, subnetType: SubnetType.PUBLIC, mapPublicIpOnLaunch: true }],
  nat: [
    { ...hosts, subnetType: SubnetType.PRIVATE_WITH_EGRESS },
    { name: 'nat', subnetType: SubnetType.PUBLIC, cidrMask: 28, mapPublicIpOnLaunch: false },
  ],
  endpoints: [{ ...hosts, subnetType: SubnetType.PRIVATE_ISOLATED }],
}

/** Where hosts are, and what they go out through. */
export const hostSubnets = (egress: CellConfig['egress']): SubnetConfiguration[] => SUBNETS[egress]

/** One in each AZ: an AZ that is lost takes no other's way out along. */
export const natGateways = ({ egress, availabilityZones }: CellConfig): number => (egress === 'nat' ? availabilityZones.length : 0)

/** Open to hosts alone. */
export function hostEndpoints(scope: Construct, vpc: Vpc, hostGroup: ISecurityGroup): IDependable[] {
  const group = new SecurityGroup(scope, 'EndpointGroup', { vpc, description: 'Endpoints of AWS: in from hosts', allowAllOutbound: false })
  group.addIngressRule(hostGroup, Port.tcp(443), 'Hosts')
  const where = { subnets: { subnetGroupName: hosts.name }, securityGroups: [group], open: false, privateDnsEnabled: true }
  return Object.entries(HOST_ENDPOINTS).map(([id, service]) => vpc.addInterfaceEndpoint(id, { service, ...where }))
}
