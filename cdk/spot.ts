import { type AutoScalingGroupProps, SpotAllocationStrategy } from 'aws-cdk-lib/aws-autoscaling'
import { InstanceType, type LaunchTemplate } from 'aws-cdk-lib/aws-ec2'
import type { HostClassConfig } from './config.ts'

/**
 * The machines of a group: of one type on demand, or a share of them Spot, of several types. No capacity rebalancing: it would end
 * hosts that are only at risk, and their nodes with them.
 */
export function machines({ instanceType, spot }: HostClassConfig, launchTemplate: LaunchTemplate): Partial<AutoScalingGroupProps> {
  if (!spot) return { launchTemplate }
  return {
    mixedInstancesPolicy: {
      launchTemplate,
      launchTemplateOverrides: [instanceType, ...spot.otherInstanceTypes].map((type) => ({ instanceType: new InstanceType(type) })),
      instancesDistribution: {
        onDemandBaseCapacity: spot.onDemandPerAz,
        onDemandPercentageAboveBaseCapacity: 100 - spot.percent,
        spotAllocationStrategy: SpotAllocationStrategy.PRICE_CAPACITY_OPTIMIZED,
      },
    },
  }
}
