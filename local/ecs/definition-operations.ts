import * as z from 'zod'
import { type JsonOperation, operation } from '../aws/json-protocol.ts'
import { AwsError } from '../aws/service.ts'
import type { Definitions } from './definitions.ts'
import { PageRequest, page, sortable } from './paging.ts'
import { RegisterInput, type TaskDefinition } from './task-definition.ts'
import { apiTime } from './task-shape.ts'

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskDefinition.html */
function shape(definition: TaskDefinition): object {
  const { arn, tags: _tags, registeredAt, deregisteredAt, ...rest } = definition
  const [container] = definition.containerDefinitions
  return {
    ...rest,
    taskDefinitionArn: arn,
    containerDefinitions: [
      {
        cpu: 0,
        essential: true,
        environment: [],
        mountPoints: [],
        volumesFrom: [],
        ...container,
        portMappings: (container.portMappings ?? []).map((mapping) => ({ hostPort: mapping.containerPort, protocol: 'tcp', ...mapping })),
      },
    ],
    volumes: (definition.volumes ?? []).map(({ name, host = {} }) => ({ name, host })),
    placementConstraints: [],
    compatibilities: ['EC2'],
    registeredAt: apiTime(registeredAt),
    ...(deregisteredAt === undefined ? {} : { deregisteredAt: apiTime(deregisteredAt) }),
  }
}

const ListInput = z.strictObject({
  familyPrefix: z.string().optional(),
  status: z.enum(['ACTIVE', 'INACTIVE', 'DELETE_IN_PROGRESS']).optional(),
  ...PageRequest,
})

const ListFamiliesInput = z.strictObject({
  familyPrefix: z.string().optional(),
  status: z.enum(['ACTIVE', 'INACTIVE', 'ALL']).default('ACTIVE'),
  ...PageRequest,
})

/** Here `familyPrefix` is what it says. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTaskDefinitionFamilies.html */
function listFamilies(definitions: Definitions, input: z.infer<typeof ListFamiliesInput>): object {
  const wanted = definitions
    .all()
    .filter(({ family, status }) => family.startsWith(input.familyPrefix ?? '') && (input.status === 'ALL' || status === input.status))
  const families = [...new Set(wanted.map(({ family }) => family))]
  const { items, nextToken } = page(families, (family) => family, input)
  return { families: items, ...(nextToken ? { nextToken } : {}) }
}

/** `familyPrefix` is, against its name, the whole name of a family. */
function list(definitions: Definitions, input: z.infer<typeof ListInput>): object {
  const wanted = definitions
    .all()
    .filter(({ family, status }) => (input.familyPrefix ?? family) === family && status === (input.status ?? 'ACTIVE'))
  const { items, nextToken } = page(wanted, ({ family, revision }) => `${family}:${sortable(revision)}`, input)
  return { taskDefinitionArns: items.map(({ arn }) => arn), ...(nextToken ? { nextToken } : {}) }
}

function deleteAll(definitions: Definitions, references: string[]): object {
  const deleted: object[] = []
  const failures: object[] = []
  for (const reference of references) {
    try {
      deleted.push(shape(definitions.delete(reference)))
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      failures.push({ arn: reference, reason: error.message })
    }
  }
  return { taskDefinitions: deleted, failures }
}

export function definitionOperations(definitions: Definitions): Record<string, JsonOperation> {
  return {
    RegisterTaskDefinition: operation(RegisterInput, (input) => {
      const definition = definitions.register(input)
      return { taskDefinition: shape(definition), tags: definition.tags ?? [] }
    }),
    DescribeTaskDefinition: operation(
      z.strictObject({ taskDefinition: z.string(), include: z.array(z.literal('TAGS')).optional() }),
      ({ taskDefinition, include = [] }) => {
        const definition = definitions.find(taskDefinition)
        return { taskDefinition: shape(definition), tags: include.includes('TAGS') ? (definition.tags ?? []) : [] }
      },
    ),
    DeregisterTaskDefinition: operation(z.strictObject({ taskDefinition: z.string() }), ({ taskDefinition }) => ({
      taskDefinition: shape(definitions.deregister(taskDefinition)),
    })),
    DeleteTaskDefinitions: operation(z.strictObject({ taskDefinitions: z.array(z.string()).min(1).max(10) }), ({ taskDefinitions }) =>
      deleteAll(definitions, taskDefinitions),
    ),
    ListTaskDefinitionFamilies: operation(ListFamiliesInput, (input) => listFamilies(definitions, input)),
    ListTaskDefinitions: operation(ListInput, (input) => list(definitions, input)),
  }
}
