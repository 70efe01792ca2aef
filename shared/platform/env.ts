import * as z from 'zod'

const json = <T extends z.ZodType>(schema: T) =>
  z
    .string()
    .transform((text, ctx) => {
      try {
        return JSON.parse(text) as unknown
      } catch {
        ctx.addIssue({ code: 'custom', message: 'is not JSON' })
        return z.NEVER
      }
    })
    .pipe(schema)

/** One class of hosts: what the largest node on it may take, and its capacity provider by AZ. */
export const HostClass = z.object({
  name: z.string(),
  /** The most memory one task may have on a host of this class, the system's and agent's share taken off. */
  max_node_memory_mib: z.int(),
  capacity_providers: z.record(z.string(), z.string()),
})
export type HostClass = z.infer<typeof HostClass>

const variables = {
  /** The name of the cell: prefix of everything that is named. */
  CELL: z.string().min(1),
  TABLE_NAME: z.string().min(1),
  /** Assumed for one tenant at a time, and only then is any item of a tenant in reach. */
  TENANT_ROLE_ARN: z.string().min(1),
  /** As TENANT_ROLE_ARN, and API keys are in reach too. */
  KEYS_ROLE_ARN: z.string().min(1),
  STATE_MACHINE_ARN: z.string().min(1),
  DELIVERY_QUEUE_URL: z.string().min(1),
  RING_FUNCTION: z.string().min(1),
  ECS_CLUSTER: z.string().min(1),
  EXECUTION_ROLE_ARN: z.string().min(1),
  VPC_ID: z.string().min(1),
  /** The group `functions/ring` lives in: every ring lets it in on all engine ports. */
  RING_SECURITY_GROUP: z.string().min(1),
  /** JSON: AZ name -> the isolated subnet its tasks get their addresses from. */
  TASK_SUBNETS: json(z.record(z.string(), z.string())),
  /** JSON: HostClass[], smallest first. */
  HOST_CLASSES: json(z.array(HostClass).min(1)),
  /** JSON: CIDRs from which tenants' applications may reach client ports. */
  CLIENT_CIDRS: json(z.array(z.string())),
  HOSTED_ZONE_ID: z.string().min(1),
  /** e.g. `cell-1.ringhold.internal`; a cluster's name is `<cluster id>.<ZONE_NAME>`. */
  ZONE_NAME: z.string().min(1),
  /** How long a create or delete may take before it fails. */
  OPERATION_TIMEOUT_SECONDS: z.coerce.number().int().positive(),
  /** Set by Lambda itself. */
  AWS_REGION: z.string().min(1),
}
export type VariableName = keyof typeof variables
type Values = { [K in VariableName]: z.infer<(typeof variables)[K]> }

/** What each function is configured with. The CDK sets exactly these, the function parses exactly these. */
export const FUNCTION_VARIABLES = {
  api: [
    'CELL',
    'TABLE_NAME',
    'TENANT_ROLE_ARN',
    'KEYS_ROLE_ARN',
    'STATE_MACHINE_ARN',
    'HOST_CLASSES',
    'ZONE_NAME',
    'OPERATION_TIMEOUT_SECONDS',
  ],
  observe: ['CELL', 'TABLE_NAME', 'TENANT_ROLE_ARN', 'ECS_CLUSTER', 'RING_FUNCTION', 'HOST_CLASSES', 'TASK_SUBNETS'],
  step: [
    'CELL',
    'TABLE_NAME',
    'TENANT_ROLE_ARN',
    'ECS_CLUSTER',
    'RING_FUNCTION',
    'EXECUTION_ROLE_ARN',
    'VPC_ID',
    'RING_SECURITY_GROUP',
    'TASK_SUBNETS',
    'HOST_CLASSES',
    'CLIENT_CIDRS',
    'HOSTED_ZONE_ID',
    'ZONE_NAME',
  ],
  ring: ['CELL'],
  wake: ['CELL', 'TABLE_NAME', 'TENANT_ROLE_ARN', 'STATE_MACHINE_ARN'],
  sweep: ['CELL', 'TABLE_NAME', 'TENANT_ROLE_ARN', 'STATE_MACHINE_ARN', 'DELIVERY_QUEUE_URL'],
  outbox: ['CELL', 'TABLE_NAME', 'TENANT_ROLE_ARN', 'DELIVERY_QUEUE_URL'],
  deliver: ['CELL', 'TABLE_NAME', 'TENANT_ROLE_ARN', 'DELIVERY_QUEUE_URL'],
} as const satisfies Record<string, readonly VariableName[]>
export type FunctionName = keyof typeof FUNCTION_VARIABLES

/** Parses the variables of one function, once, at start; a missing or malformed one stops it with its name. */
export function readEnv<F extends FunctionName>(
  name: F,
  source: NodeJS.ProcessEnv = process.env,
): Pick<Values, (typeof FUNCTION_VARIABLES)[F][number]> {
  const wanted: readonly VariableName[] = FUNCTION_VARIABLES[name]
  const shape = z.object(variables).pick(Object.fromEntries(wanted.map((key) => [key, true])) as Record<VariableName, true>)
  const parsed = shape.safeParse(source)
  if (!parsed.success) throw new Error(`environment of function ${name}: ${z.prettifyError(parsed.error)}`)
  return parsed.data
}

/** Where STS answers, by the rules that the SDK's clients follow: https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html */
export function stsUrl(region: string, source: NodeJS.ProcessEnv = process.env): URL {
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'
  return new URL(source.AWS_ENDPOINT_URL_STS ?? source.AWS_ENDPOINT_URL ?? `https://sts.${region}.${suffix}`)
}
