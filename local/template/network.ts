import * as z from 'zod'
import { type Resource, readProperties } from './resource.ts'

export interface VpcSpec {
  id: string
  cidr: string
}
export interface SubnetSpec {
  id: string
  vpcId: string
  az: string
  cidr: string
}
export interface SecurityGroupSpec {
  id: string
  vpcId: string
  name: string
  tags: Record<string, string>
}
export interface HostedZoneSpec {
  id: string
  /** Without the dot at its end. */
  name: string
}
export interface NetworkSpec {
  vpcs: VpcSpec[]
  subnets: SubnetSpec[]
  securityGroups: SecurityGroupSpec[]
  hostedZones: HostedZoneSpec[]
}

const vpcReads = { CidrBlock: z.string() }
const vpcIgnores = {
  EnableDnsHostnames: 'names are asked of Route 53',
  EnableDnsSupport: 'names are asked of Route 53',
  InstanceTenancy: 'hosts are modelled',
}
const subnetReads = { AvailabilityZone: z.string(), CidrBlock: z.string(), VpcId: z.string() }
const subnetIgnores = { MapPublicIpOnLaunch: 'hosts have no addresses of their own here' }
const groupReads = { GroupDescription: z.string(), GroupName: z.string().optional(), VpcId: z.string() }
const groupIgnores = {
  SecurityGroupEgress: 'loopback traffic passes no filter',
  SecurityGroupIngress: 'loopback traffic passes no filter',
}
const zoneReads = { Name: z.string() }
const zoneIgnores = {
  HostedZoneConfig: 'for people',
  HostedZoneTags: 'for people',
  QueryLoggingConfig: 'there is no resolver to log',
  VPCs: 'there is one network',
}

export function readNetwork(resources: Resource[]): NetworkSpec {
  const ofType = (type: string): Resource[] => resources.filter((resource) => resource.type === type)
  return {
    vpcs: ofType('AWS::EC2::VPC').map((resource) => ({ id: resource.ref, cidr: readProperties(resource, vpcReads, vpcIgnores).CidrBlock })),
    subnets: ofType('AWS::EC2::Subnet').map((resource) => {
      const subnet = readProperties(resource, subnetReads, subnetIgnores)
      return { id: resource.ref, vpcId: subnet.VpcId, az: subnet.AvailabilityZone, cidr: subnet.CidrBlock }
    }),
    securityGroups: ofType('AWS::EC2::SecurityGroup').map((resource) => {
      const group = readProperties(resource, groupReads, groupIgnores)
      const name = group.GroupName ?? `${resource.stackName}-${resource.logicalId}`
      return { id: resource.ref, vpcId: group.VpcId, name, tags: resource.stackTags }
    }),
    hostedZones: ofType('AWS::Route53::HostedZone').map((resource) => {
      const { Name: name } = readProperties(resource, zoneReads, zoneIgnores)
      return { id: resource.ref, name: name.replace(/\.$/, '') }
    }),
  }
}
