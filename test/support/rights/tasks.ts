import * as z from 'zod'
import { type Arn, type Ask, type Asks, anything } from './ask.ts'

const Register = z.object({
  family: z.string(),
  executionRoleArn: z.string(),
  containerDefinitions: z.array(z.object({ secrets: z.array(z.object({ valueFrom: z.string() })) })),
})
const Run = z.object({ cluster: z.string(), taskDefinition: z.string() })
const Describe = z.object({ cluster: z.string(), tasks: z.array(z.string()) })
const Stop = z.object({ cluster: z.string(), task: z.string() })
const InCluster = z.object({ cluster: z.string() })

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html */
export function taskAsks(arn: Arn): Asks {
  const inCluster = (cluster: string) => ({ 'ecs:cluster': [arn('ecs', `cluster/${cluster}`)] })
  // Tags that come with what is made: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/supported-iam-actions-tagging.html
  const tagOnCreate = (resource: string, by: string): Ask => ({
    action: 'ecs:TagResource',
    resource,
    context: { 'ecs:CreateAction': [by] },
  })
  const register = (input: unknown): Ask[] => {
    const { family, executionRoleArn, containerDefinitions } = Register.parse(input)
    const resource = arn('ecs', `task-definition/${family}:1`)
    const secrets = containerDefinitions.flatMap((container) => container.secrets)
    return [
      { action: 'ecs:RegisterTaskDefinition', resource },
      tagOnCreate(resource, 'RegisterTaskDefinition'),
      { action: 'iam:PassRole', resource: executionRoleArn, context: { 'iam:PassedToService': ['ecs-tasks.amazonaws.com'] } },
      // What the agent of a host asks for before the container starts.
      ...secrets.map(({ valueFrom }) => ({
        role: executionRoleArn,
        action: 'ssm:GetParameters',
        resource: arn('ssm', `parameter${valueFrom}`),
      })),
    ]
  }
  const run = (input: unknown): Ask[] => {
    const { cluster, taskDefinition } = Run.parse(input)
    return [
      { action: 'ecs:RunTask', resource: taskDefinition, context: inCluster(cluster) },
      tagOnCreate(arn('ecs', `task/${cluster}/new`), 'RunTask'),
    ]
  }
  return {
    'ecs:RegisterTaskDefinition': register,
    'ecs:DeregisterTaskDefinition': anything('ecs:DeregisterTaskDefinition'),
    'ecs:ListTaskDefinitions': anything('ecs:ListTaskDefinitions'),
    'ecs:RunTask': run,
    'ecs:DescribeTasks': (input) => {
      const { cluster, tasks } = Describe.parse(input)
      return tasks.map((resource) => ({ action: 'ecs:DescribeTasks', resource, context: inCluster(cluster) }))
    },
    'ecs:StopTask': (input) => {
      const { cluster, task } = Stop.parse(input)
      return [{ action: 'ecs:StopTask', resource: task, context: inCluster(cluster) }]
    },
    'ecs:ListTasks': (input) => [{ action: 'ecs:ListTasks', resource: '*', context: inCluster(InCluster.parse(input).cluster) }],
  }
}
