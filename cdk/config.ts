import * as z from 'zod'

/**
 * What an account lets through to its HTTP APIs at once by default, and half of what it lets through in a second:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
 */
export const CELL_BURST = 5_000
export const CELL_REQUESTS_PER_SECOND = 5_000

/** How many hosts of a class one AZ keeps and may grow to. */
const HostClassConfig = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9]*$/, 'a host class is named in lower-case letters and digits'),
  instanceType: z.string().regex(/^[a-z0-9-]+\.[a-z0-9]+$/, 'an EC2 instance type looks like c7g.2xlarge'),
  memoryMib: z.int().positive(),
  vcpus: z.int().positive(),
  /**
   * How many tasks with an interface of their own a host of the type carries with trunking on:
   * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/eni-trunking-supported-instance-types.html
   */
  taskInterfaces: z.int().positive(),
  dataDiskGib: z.int().min(8),
  minPerAz: z.int().min(0),
  maxPerAz: z.int().min(1),
})

/** As a browser writes it in `Origin` (RFC 6454, 6.2): one that is written otherwise would never match. */
const isOrigin = (text: string): boolean =>
  text === '*' || (/^https?:[^*]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text)

/** What a tenant on the plan may use at once; a limit of its own goes before it. */
const PlanConfig = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]{0,61}[a-z0-9]$/, 'a plan is named in lower-case letters, digits and dashes'),
  clusters: z.int().min(0),
  nodes: z.int().min(0),
  vcpus: z.number().min(0),
  memoryMib: z.int().min(0),
  webhooks: z.int().min(0),
  keys: z.int().min(1, 'a tenant without a key could do nothing: allow at least 1'),
  requestsPerSecond: z
    .int()
    .min(1, 'a tenant needs at least one request a second')
    .max(
      CELL_BURST / 2,
      `a tenant's burst is two seconds' worth, and a cell takes ${CELL_BURST} requests at once: promise at most half of that`,
    ),
})

const httpsUrl = z.url({ protocol: /^https$/, error: 'issuers and their keys are asked over https only: https://login.example.com' })

/** Whose signed tokens (JWT) are taken beside API keys: RS256, PS256, ES256 or EdDSA. */
const IssuerConfig = z.strictObject({
  /** As the tokens name it in `iss`, to the letter. */
  issuer: httpsUrl,
  /** What the tokens must name in `aud`. */
  audience: z.string().min(1),
  /** Left out: what `<issuer>/.well-known/openid-configuration` says. */
  jwksUri: httpsUrl.optional(),
  /** The claim with the id of the tenant (`ten_...`) that the token acts for. */
  tenantClaim: z.string().min(1),
  /** The claim with what it may: read, write, credentials, admin, in one string with spaces or in a list. */
  scopesClaim: z.string().min(1),
  /** Whether the scope `platform` of this issuer makes a token one of the platform's own, with power over every tenant. */
  platform: z.boolean().optional(),
})

/** Everything a platform team may choose for one cell; what is not here follows from it. */
export const CellConfig = z.strictObject({
  /**
   * Prefix of everything that is named. ECS refuses capacity providers that begin with aws, ecs or fargate, SSM parameters
   * that begin with aws or ssm, EC2 security groups that begin with sg-.
   */
  cell: z
    .string()
    .regex(
      /^(?!aws|ecs|fargate|ssm|sg-)[a-z][a-z0-9-]{0,18}[a-z0-9]$/,
      'a cell is named in lower-case letters, digits and dashes, 2 to 20 of them',
    ),
  /** Without an account the template deploys into whichever account the CLI is signed in to. */
  account: z
    .string()
    .regex(/^\d{12}$/, 'an AWS account is 12 digits')
    .optional(),
  region: z.string().min(1),
  /** Racks: a ring's shard members go to different ones. */
  availabilityZones: z.array(z.string().min(1)).length(3),
  /** Cells do not share addresses. A /16 holds a /18 for the tasks of each AZ and small subnets for hosts. */
  vpcCidr: z.string().regex(/^\d+\.\d+\.0\.0\/16$/, 'the VPC of a cell is a /16, e.g. 10.64.0.0/16'),
  /** From where tenants' applications reach client ports; the cell's own VPC when left out. */
  clientCidrs: z.array(z.cidrv4()).optional(),
  /** Smallest first. Small nodes go where ENI slots per GiB are many, large ones where memory is cheap. */
  hostClasses: z.array(HostClassConfig).min(1),
  /** Web pages that may call the API from a browser; none when left out. `*` stands for all. */
  corsOrigins: z
    .array(
      z.string().refine(isOrigin, {
        error:
          'an origin is a scheme, a host in lower case and a port only where it is not the usual one, with no slash at its end: https://console.example.com; or * for all',
      }),
    )
    .min(1, 'leave corsOrigins out to let no web page in')
    .refine((origins) => !origins.includes('*') || origins.length === 1, '* stands for every origin: name no others beside it')
    .optional(),
  /** What tenants pay: by vCPU and hour, by GiB of memory and hour, by GiB of disk and month of 730 hours. */
  prices: z.strictObject({
    currency: z.string().regex(/^[A-Z]{3}$/, 'a currency is three letters of ISO 4217'),
    vcpuHour: z.number().min(0),
    gibHour: z.number().min(0),
    diskGibMonth: z.number().min(0),
  }),
  /** The first is what a tenant gets that is made without naming one. */
  plans: z
    .array(PlanConfig)
    .min(1, 'tenants are made on a plan: name at least one')
    .refine((plans) => new Set(plans.map(({ name }) => name)).size === plans.length, 'two plans have one name: give each its own'),
  issuers: z
    .array(IssuerConfig)
    .refine(
      (issuers) => new Set(issuers.map(({ issuer }) => issuer)).size === issuers.length,
      'an issuer stands there twice: its tokens would be checked in two ways',
    )
    .optional(),
  operationTimeoutSeconds: z.int().min(60),
  logRetentionDays: z.int().positive(),
})
export type CellConfig = z.infer<typeof CellConfig>
export type HostClassConfig = z.infer<typeof HostClassConfig>

/**
 * The most memory one task may have: about 8 % of a host go to the kernel, Docker and the ECS agent, which registers only
 * what the kernel leaves (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/memory-management.html).
 */
export const largestNodeMib = (hostClass: HostClassConfig): number => Math.floor(hostClass.memoryMib * 0.92)

/** What `ringhold.config.ts` exports: cells, and beside them what holds for each that does not say otherwise. */
export type RingholdConfig = Partial<CellConfig> & { cells: (Partial<CellConfig> & Pick<CellConfig, 'cell'>)[] }
