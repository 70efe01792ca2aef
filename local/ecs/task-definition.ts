import * as z from 'zod'
import { Tags } from './tags.ts'

/**
 * What the model knows of RegisterTaskDefinition: one container, network modes `awsvpc` and `host`, volumes of the host or of the
 * task. Any other member is refused by its name, since a setting that is not modelled must not seem to work.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters_ec2.html
 */
export const KeyValue = z.strictObject({ name: z.string(), value: z.string() })

/** `awsvpc`: an interface of the task's own. `host`: that of its host, with its address and its ports. */
export const NetworkMode = z.enum(['awsvpc', 'host'])

const Ulimit = z.strictObject({ name: z.string(), softLimit: z.int(), hardLimit: z.int() })
const LinuxParameters = z.strictObject({
  capabilities: z.strictObject({ add: z.array(z.string()).optional(), drop: z.array(z.string()).optional() }).optional(),
  initProcessEnabled: z.boolean().optional(),
})

export const ContainerDefinition = z.strictObject({
  name: z.string().min(1),
  image: z.string().min(1),
  essential: z.literal(true, { error: 'the only container of a task is essential' }).optional(),
  cpu: z.int().nonnegative().optional(),
  memory: z.int().min(6).optional(),
  memoryReservation: z.int().min(6).optional(),
  entryPoint: z.array(z.string()).optional(),
  command: z.array(z.string()).optional(),
  workingDirectory: z.literal('/', { error: 'the local model runs a container in its root directory only' }).optional(),
  user: z.string().optional(),
  readonlyRootFilesystem: z.boolean().optional(),
  linuxParameters: LinuxParameters.optional(),
  environment: z.array(KeyValue).optional(),
  secrets: z.array(z.strictObject({ name: z.string(), valueFrom: z.string() })).optional(),
  ulimits: z.array(Ulimit).optional(),
  portMappings: z
    .array(z.strictObject({ containerPort: z.int(), hostPort: z.int().optional(), protocol: z.enum(['tcp', 'udp']).optional() }))
    .optional(),
  mountPoints: z
    .array(z.strictObject({ sourceVolume: z.string(), containerPath: z.string().startsWith('/'), readOnly: z.boolean().optional() }))
    .optional(),
  stopTimeout: z.int().nonnegative().optional(),
})
export type ContainerDefinition = z.infer<typeof ContainerDefinition>

const Volume = z.strictObject({
  name: z.string().regex(/^[\w-]{1,255}$/),
  host: z.strictObject({ sourcePath: z.string().startsWith('/').optional() }).optional(),
})

export const RegisterInput = z.strictObject({
  family: z.string().regex(/^[\w-]{1,255}$/),
  networkMode: NetworkMode,
  requiresCompatibilities: z.array(z.literal('EC2')).optional(),
  executionRoleArn: z.string().optional(),
  taskRoleArn: z.string().optional(),
  cpu: z.string().optional(),
  memory: z.string().optional(),
  volumes: z.array(Volume).optional(),
  containerDefinitions: z.tuple([ContainerDefinition], { error: 'the local model runs exactly one container in a task' }),
  tags: Tags.optional(),
})
export type RegisterInput = z.infer<typeof RegisterInput>

/** A registered revision, as it is kept. */
export const TaskDefinition = RegisterInput.extend({
  arn: z.string(),
  revision: z.int(),
  status: z.enum(['ACTIVE', 'INACTIVE', 'DELETE_IN_PROGRESS']),
  registeredAt: z.number(),
  deregisteredAt: z.number().optional(),
})
export type TaskDefinition = z.infer<typeof TaskDefinition>
