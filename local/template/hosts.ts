import * as z from 'zod'
import type { HostGroup } from '../ecs/options.ts'
import { readAgentConfig } from './agent-config.ts'
import { number, type Resource, readProperties } from './resource.ts'

export interface EcsClusterSpec {
  name: string
  arn: string
}

const clusterIgnores = {
  ClusterName: 'is the identity',
  ClusterSettings: 'there are no metrics',
  Configuration: 'ECS Exec does not reach isolated tasks',
}
const associationReads = { CapacityProviders: z.array(z.string()), Cluster: z.string(), DefaultCapacityProviderStrategy: z.tuple([]) }
const providerReads = { AutoScalingGroupProvider: z.looseObject({ AutoScalingGroupArn: z.string() }) }
const launchReads = { LaunchTemplateData: z.looseObject({ InstanceType: z.string(), UserData: z.base64().default('') }) }
const launchIgnores = {
  LaunchTemplateName: 'only its id is referred to',
  TagSpecifications: 'for people',
  VersionDescription: 'for people',
}
const Launch = z.strictObject({ LaunchTemplateId: z.string(), Version: z.string() })
const groupReads = {
  DesiredCapacity: number.optional(),
  LaunchTemplate: Launch.optional(),
  MaxSize: number,
  MinSize: number,
  // Its other types carry as much as the first, and nothing is reclaimed here.
  MixedInstancesPolicy: z.looseObject({ LaunchTemplate: z.looseObject({ LaunchTemplateSpecification: Launch }) }).optional(),
  VPCZoneIdentifier: z.array(z.string()).length(1, { error: 'must be one subnet: a group spans one AZ' }),
}
const groupIgnores = {
  AutoScalingGroupName: 'is the identity',
  CapacityRebalance: 'hosts are not reclaimed here',
  Cooldown: 'scaling is by demand of tasks alone',
  DefaultInstanceWarmup: 'a modelled host is warm at once',
  HealthCheckGracePeriod: 'a modelled host is well at once',
  HealthCheckType: 'a modelled host says itself how it is',
  MaxInstanceLifetime: 'a local run is shorter',
  MetricsCollection: 'there are no metrics',
  NewInstancesProtectedFromScaleIn: 'hosts are not scaled in under tasks here',
}

export const readEcsClusters = (resources: Resource[]): EcsClusterSpec[] =>
  resources
    .filter((resource) => resource.type === 'AWS::ECS::Cluster')
    .map((resource) => {
      readProperties(resource, {}, clusterIgnores)
      return { name: resource.ref, arn: resource.attribute('Arn') }
    })

/** @param azOf the AZ of a subnet @throws where a capacity provider, its group, launch template or subnet does not fit together */
export function readHostGroups(resources: Resource[], azOf: (subnetId: string) => string | undefined): HostGroup[] {
  const byRef = (type: string): Map<string, Resource> =>
    new Map(resources.filter((resource) => resource.type === type).map((resource) => [resource.ref, resource]))
  const providers = byRef('AWS::ECS::CapacityProvider')
  const groups = byRef('AWS::AutoScaling::AutoScalingGroup')
  const templates = byRef('AWS::EC2::LaunchTemplate')
  const wanted = <T>(found: T | undefined, what: string): T => {
    if (found === undefined) throw new Error(`${what} is not in the template`)
    return found
  }

  function hostGroup(clusterName: string, capacityProvider: string): HostGroup {
    const provider = readProperties(wanted(providers.get(capacityProvider), `capacity provider ${capacityProvider}`), providerReads, {
      Name: 'is the identity',
    })
    // Ref of a group is its name, which ECS takes in place of the ARN.
    const asg = provider.AutoScalingGroupProvider.AutoScalingGroupArn.replace(/^.*autoScalingGroupName\//, '')
    const group = readProperties(wanted(groups.get(asg), `Auto Scaling group ${asg}`), groupReads, groupIgnores)
    const own = group.LaunchTemplate ?? group.MixedInstancesPolicy?.LaunchTemplate.LaunchTemplateSpecification
    const launchId = wanted(own, `a launch template of ${asg}`).LaunchTemplateId
    const launch = readProperties(wanted(templates.get(launchId), `launch template ${launchId}`), launchReads, launchIgnores)
    const az = wanted(azOf(group.VPCZoneIdentifier[0] ?? ''), `subnet ${group.VPCZoneIdentifier[0]}`)
    const { InstanceType: instanceType, UserData } = launch.LaunchTemplateData
    const agent = readAgentConfig(Buffer.from(UserData, 'base64').toString())
    return { capacityProvider, clusterName, asg, az, instanceType, min: group.MinSize, max: group.MaxSize, agent }
  }

  return resources
    .filter((resource) => resource.type === 'AWS::ECS::ClusterCapacityProviderAssociations')
    .map((resource) => readProperties(resource, associationReads))
    .flatMap((association) => association.CapacityProviders.map((provider) => hostGroup(association.Cluster, provider)))
}
