import * as z from 'zod'

/** How many hosts of a class one AZ keeps and may grow to. */
const HostClassConfig = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9]*$/, 'a host class is named in lower-case letters and digits'),
  instanceType: z.string().regex(/^[a-z0-9-]+\.[a-z0-9]+$/, 'an EC2 instance type looks like c7g.2xlarge'),
  memoryMib: z.int().positive(),
  dataDiskGib: z.int().min(8),
  minPerAz: z.int().min(0),
  maxPerAz: z.int().min(1),
})

/** As a browser writes it in `Origin` (RFC 6454, 6.2): one that is written otherwise would never match. */
const isOrigin = (text: string): boolean =>
  text === '*' || (/^https?:[^*]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text)

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

/** The cell that `cdk deploy` makes and that runs locally. */
export const config: CellConfig = CellConfig.parse({
  cell: 'cell-1',
  region: 'us-east-1',
  availabilityZones: ['us-east-1a', 'us-east-1b', 'us-east-1c'],
  vpcCidr: '10.64.0.0/16',
  hostClasses: [
    { name: 'small', instanceType: 'c7g.2xlarge', memoryMib: 16_384, dataDiskGib: 100, minPerAz: 1, maxPerAz: 50 },
    { name: 'large', instanceType: 'r7g.2xlarge', memoryMib: 65_536, dataDiskGib: 400, minPerAz: 0, maxPerAz: 50 },
  ],
  operationTimeoutSeconds: 900,
  logRetentionDays: 30,
})
