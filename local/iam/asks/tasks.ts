import * as z from 'zod'
import type { Request } from '../evaluate.ts'
import { type Arn, type Asks, anything } from './ask.ts'

/** Nothing is tagged with an empty list. */
const tags = z.array(z.unknown()).default([])
const Register = z.object({
  family: z.string(),
  executionRoleArn: z.string().optional(),
  taskRoleArn: z.string().optional(),
  tags,
})
const Run = z.object({ cluster: z.string(), taskDefinition: z.string(), tags })
const Describe = z.object({ cluster: z.string(), tasks: z.array(z.string()) })
const DescribeHosts = z.object({ cluster: z.string(), containerInstances: z.array(z.string()) })
const Stop = z.object({ cluster: z.string(), task: z.string() })
const InCluster = z.object({ cluster: z.string() })

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html */
export function taskAsks(arn: Arn): Asks {
  const nameOf = (cluster: string): string => cluster.split('/').at(-1) ?? ''
  const inCluster = (cluster: string) => ({ 'ecs:cluster': [arn('ecs', `cluster/${nameOf(cluster)}`)] })
  const taskArn = (cluster: string, task: string): string => arn('ecs', task.startsWith('arn:') ? task : `task/${nameOf(cluster)}/${task}`)
  // Tags that come with what is made: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/supported-iam-actions-tagging.html
  const tagOnCreate = (resource: string, by: string): Request => ({
    action: 'ecs:TagResource',
    resource,
    context: { 'ecs:CreateAction': [by] },
  })
  const register = (input: unknown): Request[] => {
    const { family, executionRoleArn, taskRoleArn, tags } = Register.parse(input)
    const resource = arn('ecs', `task-definition/${family}:*`)
    return [
      { action: 'ecs:RegisterTaskDefinition', resource },
      ...(tags.length > 0 ? [tagOnCreate(resource, 'RegisterTaskDefinition')] : []),
      ...[executionRoleArn, taskRoleArn].flatMap((role) =>
        role ? [{ action: 'iam:PassRole', resource: role, context: { 'iam:PassedToService': ['ecs-tasks.amazonaws.com'] } }] : [],
      ),
    ]
  }
  const run = (input: unknown): Request[] => {
    const { cluster, taskDefinition, tags } = Run.parse(input)
    const definition = arn('ecs', taskDefinition.startsWith('arn:') ? taskDefinition : `task-definition/${taskDefinition}`)
    return [
      { action: 'ecs:RunTask', resource: definition, context: inCluster(cluster) },
      ...(tags.length > 0 ? [tagOnCreate(arn('ecs', `task/${nameOf(cluster)}/*`), 'RunTask')] : []),
    ]
  }
  return {
    'ecs:RegisterTaskDefinition': register,
    'ecs:DeregisterTaskDefinition': anything('ecs:DeregisterTaskDefinition'),
    'ecs:ListTaskDefinitions': anything('ecs:ListTaskDefinitions'),
    'ecs:ListTaskDefinitionFamilies': anything('ecs:ListTaskDefinitionFamilies'),
    'ecs:RunTask': run,
    'ecs:DescribeTasks': (input) => {
      const { cluster, tasks } = Describe.parse(input)
      return tasks.map((task) => ({ action: 'ecs:DescribeTasks', resource: taskArn(cluster, task), context: inCluster(cluster) }))
    },
    'ecs:ListContainerInstances': (input) => [
      { action: 'ecs:ListContainerInstances', resource: arn('ecs', `cluster/${nameOf(InCluster.parse(input).cluster)}`) },
    ],
    'ecs:DescribeContainerInstances': (input) => {
      const { cluster, containerInstances } = DescribeHosts.parse(input)
      const context = inCluster(cluster)
      return containerInstances.map((host) => ({ action: 'ecs:DescribeContainerInstances', resource: arn('ecs', host), context }))
    },
    'ecs:DeregisterContainerInstance': (input) => [
      { action: 'ecs:DeregisterContainerInstance', resource: arn('ecs', `cluster/${nameOf(InCluster.parse(input).cluster)}`) },
    ],
    'ecs:StopTask': (input) => {
      const { cluster, task } = Stop.parse(input)
      return [{ action: 'ecs:StopTask', resource: taskArn(cluster, task), context: inCluster(cluster) }]
    },
    'ecs:ListTasks': (input) => [{ action: 'ecs:ListTasks', resource: '*', context: inCluster(InCluster.parse(input).cluster) }],
  }
}
