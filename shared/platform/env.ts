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
  /** `own`: a network interface for each node. `shared`: nodes listen at the host's address. */
  network: z.enum(['own', 'shared']),
  capacity_providers: z.record(z.string(), z.string()),
})
export type HostClass = z.infer<typeof HostClass>

/** By class: what an empty host of it offers to tasks, and how many there may be in one AZ. */
export const HostLimits = z.record(
  z.string(),
  z.object({ max_per_az: z.int(), cpu_units: z.int(), memory_mib: z.int(), interfaces: z.int().optional() }),
)
export type HostLimits = z.infer<typeof HostLimits>

/** What a tenant pays, in one currency (ISO 4217): by vCPU and hour, by GiB of memory and hour, by GiB of disk and month. */
export const Prices = z.object({ currency: z.string(), vcpu_hour: z.number(), gib_hour: z.number(), disk_gib_month: z.number() })
export type Prices = z.infer<typeof Prices>

/** A cell's share of how often ECS lets an account register and deregister task definitions: so many at once, and one in so long. */
export const DefinitionRate = z.object({ burst: z.int().positive(), interval_ms: z.int().positive() })
export type DefinitionRate = z.infer<typeof DefinitionRate>

const Count = z.int().nonnegative()
/** A bundle of limits on offer. */
const Plan = z.object({
  name: z.string(),
  default: z.boolean(),
  quota: z.object({
    clusters: Count,
    nodes: Count,
    cpu_units: Count,
    memory_mib: Count,
    webhooks: Count,
    keys: Count,
    requests_per_second: Count,
  }),
})

/** Whose signed tokens are taken, and which of their claims say whom a token acts for and what it may. */
const Issuer = z.object({
  issuer: z.string(),
  audience: z.string(),
  /** Absent: the issuer says where its keys are. */
  jwks_uri: z.string().optional(),
  tenant_claim: z.string(),
  scopes_claim: z.string(),
  /** Whether the scope `platform` in a token of this issuer makes it one of the platform's. */
  platform: z.boolean(),
})
export type Issuer = z.infer<typeof Issuer>

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
  /** JSON: HostLimits. */
  HOST_LIMITS: json(HostLimits),
  /** JSON: Prices. */
  PRICES: json(Prices),
  /** Says where a cluster would go. */
  PREVIEW_FUNCTION: z.string().min(1),
  /** JSON: CIDRs from which tenants' applications may reach client ports. */
  CLIENT_CIDRS: json(z.array(z.string())),
  /** Where the engines' images are pulled from: `docker.io`, or the repositories of copies of them. */
  IMAGE_REGISTRY: z.string().min(1),
  /** JSON: DefinitionRate. */
  DEFINITION_RATE: json(DefinitionRate),
  HOSTED_ZONE_ID: z.string().min(1),
  /** e.g. `cell-1.ringhold.internal`; a cluster's name is `<cluster id>.<ZONE_NAME>`. */
  ZONE_NAME: z.string().min(1),
  /** How long a create or delete may take before it fails. */
  OPERATION_TIMEOUT_SECONDS: z.coerce.number().int().positive(),
  /** JSON: Plan[], one of them the default. */
  PLANS: json(z.array(Plan).min(1)),
  /** JSON: Issuer[]. */
  ISSUERS: json(z.array(Issuer)),
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
    'PRICES',
    'PREVIEW_FUNCTION',
    'PLANS',
    'ISSUERS',
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
    'IMAGE_REGISTRY',
    'DEFINITION_RATE',
    'HOSTED_ZONE_ID',
    'ZONE_NAME',
  ],
  ring: ['CELL'],
  preview: ['CELL', 'ECS_CLUSTER', 'HOST_CLASSES', 'HOST_LIMITS'],
  wake: ['CELL', 'TABLE_NAME', 'TENANT_ROLE_ARN', 'STATE_MACHINE_ARN'],
  sweep: [
    'CELL',
    'TABLE_NAME',
    'TENANT_ROLE_ARN',
    'KEYS_ROLE_ARN',
    'STATE_MACHINE_ARN',
    'DELIVERY_QUEUE_URL',
    'OPERATION_TIMEOUT_SECONDS',
    'ECS_CLUSTER',
  ],
  outbox: ['CELL', 'TABLE_NAME', 'TENANT_ROLE_ARN', 'DELIVERY_QUEUE_URL'],
  deliver: ['CELL', 'TABLE_NAME', 'TENANT_ROLE_ARN', 'DELIVERY_QUEUE_URL'],
  orphans: ['CELL', 'TABLE_NAME', 'TENANT_ROLE_ARN', 'ECS_CLUSTER', 'VPC_ID', 'HOSTED_ZONE_ID', 'ZONE_NAME', 'OPERATION_TIMEOUT_SECONDS'],
} as const satisfies Record<string, readonly VariableName[]>
export type FunctionName = keyof typeof FUNCTION_VARIABLES

/** Parses the variables of one function, once, at start; a missing or malformed one stops it with its name. */
export function readEnv<F extends FunctionName>(
  name: F,
  source: NodeJS.ProcessEnv = process.env,
): Pick<Values, (typeof FUNCTION_VARIABLES)[F][number]> {
  const wanted: readonly VariableName[] = FUNCTION_VARIABLES[name]
  const shape = z.object(variables).pick(Object.fromEntries(wanted.map((key) => [key, true])) as Record<VariableName, true>)
  // Once in a process: to compile a parser for it would take longer than to do without.
  const parsed = shape.safeParse(source, { jitless: true })
  if (!parsed.success) throw new Error(`environment of function ${name}: ${z.prettifyError(parsed.error)}`)
  return parsed.data
}

/** Where a service answers, by the rules that the SDK's clients follow: https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html */
function serviceUrl(service: 'sts' | 'lambda', region: string, own: string | undefined, all: string | undefined): URL {
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'
  return new URL(own ?? all ?? `https://${service}.${region}.${suffix}`)
}

export const stsUrl = (region: string, source: NodeJS.ProcessEnv = process.env): URL =>
  serviceUrl('sts', region, source.AWS_ENDPOINT_URL_STS, source.AWS_ENDPOINT_URL)

export const lambdaUrl = (region: string, source: NodeJS.ProcessEnv = process.env): URL =>
  serviceUrl('lambda', region, source.AWS_ENDPOINT_URL_LAMBDA, source.AWS_ENDPOINT_URL)
