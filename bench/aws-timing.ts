import type { CloudOptions } from '../local/cloud-options.ts'

/**
 * How long ECS takes on EC2 with an interface per task, of AWS' own sample event: 14.5 s until the interface and the agent are ready,
 * 21 s in all with an image that the host has: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html
 * The interface is taken off within some seconds of the stop.
 */
export const AWS_TIMING = { PROVISIONING: 14_500, PENDING: 6_500, DEPROVISIONING: 5_000 } satisfies NonNullable<CloudOptions['taskDelays']>
