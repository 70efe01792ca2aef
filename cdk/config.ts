import * as z from 'zod'
import { NETWORKS } from '../shared/engines/engine.ts'
import { BUCKETS } from './capacity/limits.ts'
import { contradictions } from './config-checks.ts'
import { Account, Alarms, ClientAccess, Domain, Egress, Region, TaskDefinitions } from './config-place.ts'
import { CorsOrigins, Issuers, Plans, PricesConfig } from './config-tenants.ts'

const InstanceType = z.string().regex(/^[a-z0-9-]+\.[a-z0-9]+$/, 'an EC2 instance type looks like c7g.2xlarge')

/** How many hosts of a class one AZ keeps and may grow to. */
export const HostClassConfig = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9]*$/, 'a host class is named in lower-case letters and digits'),
  instanceType: InstanceType,
  memoryMib: z.int().positive(),
  vcpus: z.int().positive(),
  /**
   * With `network: 'own'`: how many tasks with an interface of their own a host of the type carries with trunking on:
   * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/eni-trunking-supported-instance-types.html
   */
  taskInterfaces: z.int().positive().optional(),
  /**
   * `own`: a network interface, address and security group for each node, as many as a host has interfaces for. `shared`: nodes listen
   * at their host's address, as many as it has memory for, and speak TLS to each other. Of a class that has rings it must not change.
   */
  network: z.enum(NETWORKS, "a class's network is 'own' or 'shared'"),
  /** The largest node that goes there, in MiB; left out: what a host can carry. */
  largestNodeMib: z.int().positive().optional(),
  dataDiskGib: z.int().min(8, 'the data disk holds the directories of rings: at least 8 GiB'),
  minPerAz: z.int().min(0),
  maxPerAz: z.int().min(1),
  /** Left out: all hosts are on demand. */
  spot: z
    .strictObject({
      /** Of the hosts past `onDemandPerAz`. */
      percent: z.int().min(1, 'leave spot out for hosts on demand only').max(100),
      /** So many of each AZ's hosts are on demand whatever `percent` says. */
      onDemandPerAz: z.int().min(0).default(0),
      /** Taken where the first is dear or gone. */
      otherInstanceTypes: z
        .array(InstanceType)
        .min(2, 'Spot of few types is reclaimed all at once: name at least two more of the same size, e.g. c6g.2xlarge and c8g.2xlarge'),
    })
    .optional(),
})
export type HostClassConfig = z.infer<typeof HostClassConfig>

/** What CloudWatch Logs takes: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const RETENTION_DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653]

/** Everything a platform team may choose for one cell; what is not here follows from it. */
export const CellConfig = z
  .strictObject({
    /**
     * Prefix of everything that is named. ECS refuses capacity providers that begin with aws, ecs or fargate, SSM parameters
     * that begin with aws or ssm, EC2 security groups that begin with sg-.
     */
    cell: z
      .string()
      .regex(
        /^(?!aws|ecs|fargate|ssm|sg-)[a-z][a-z0-9-]{0,18}[a-z0-9]$/,
        'a cell is named in lower-case letters, digits and dashes, 2 to 20 of them, and not like something of AWS (aws, ecs, fargate, ssm, sg-): cell-1',
      ),
    /** Without an account the template deploys into whichever account the CLI is signed in to. */
    account: Account.optional(),
    region: Region,
    /** Racks: a ring's shard members go to different ones. */
    availabilityZones: z
      .array(z.string().min(1))
      .length(3, 'name three zones of the region, which are the racks of a ring: us-east-1a, us-east-1b, us-east-1c'),
    /** Cells do not share addresses. A /16 holds a /18 for the tasks of each AZ and small subnets for hosts. */
    vpcCidr: z
      .cidrv4('the VPC of a cell is a /16, e.g. 10.64.0.0/16')
      .regex(/^\d+\.\d+\.0\.0\/16$/, 'the VPC of a cell is a /16, e.g. 10.64.0.0/16'),
    egress: Egress.default('public-ip'),
    /** With `egress: 'endpoints'`: the repositories in ECR that hold copies of the engines' images. Otherwise they come from Docker Hub. */
    imageRegistry: z
      .string()
      .regex(
        /^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\/[a-z0-9._-]+)*$/,
        'a registry looks like 123456789012.dkr.ecr.us-east-1.amazonaws.com/ringhold',
      )
      .optional(),
    clientAccess: ClientAccess.default({ by: 'same-vpc' }),
    /** Smallest first. */
    hostClasses: z.array(HostClassConfig).min(1, 'nodes run on hosts: name at least one class'),
    /** A name of your own for the API. */
    domain: Domain.optional(),
    /** Web pages that may call the API from a browser; none when left out. */
    corsOrigins: CorsOrigins.optional(),
    prices: PricesConfig,
    plans: Plans,
    issuers: Issuers.optional(),
    alarms: Alarms.optional(),
    /** Encrypts the table, the queues and the logs with a key of the account's own, which costs $1 a month and its uses. */
    customerKey: z.boolean().default(false),
    /** How many concurrent executions of Lambda the cell may count on; nothing is reserved when left out. */
    concurrentExecutions: z.int().min(10, 'no account has fewer than 10 concurrent executions: leave it out').optional(),
    /** What ECS lets the account in the region, which its cells have together. */
    taskDefinitions: TaskDefinitions.default({ burst: BUCKETS.definitions.burst, perSecond: BUCKETS.definitions.perSecond }),
    operationTimeoutSeconds: z.int().min(60, 'no ring is made within less than 60 seconds'),
    logRetentionDays: z.int().refine((days) => RETENTION_DAYS.includes(days), {
      error: `CloudWatch keeps logs for one of so many days: ${RETENTION_DAYS.join(', ')}`,
    }),
  })
  .superRefine((cell, ctx) => {
    // Of values that are wrong in themselves there is nothing more to say.
    if (ctx.issues.length > 0) return
    for (const { path, message } of contradictions(cell)) ctx.addIssue({ code: 'custom', path, message })
  })
export type CellConfig = z.infer<typeof CellConfig>

type Choices = z.input<typeof CellConfig>
/** What `ringhold.config.ts` exports: cells, and beside them what holds for each that does not say otherwise. */
export type RingholdConfig = Partial<Choices> & { cells: (Partial<Choices> & Pick<Choices, 'cell'>)[] }

/** Of a host's first disk, with the system and images; rings are on the second. */
export const ROOT_DISK_GIB = 30

/**
 * The memory of a host that tasks may have, MiB: about 8 % go to the kernel, Docker and the ECS agent, which registers only
 * what the kernel leaves (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/memory-management.html).
 */
export const hostMemoryMib = ({ memoryMib }: HostClassConfig): number => Math.floor(memoryMib * 0.92)

/** The most memory one task may have there. */
export const largestNodeMib = (hostClass: HostClassConfig): number =>
  Math.min(hostClass.largestNodeMib ?? Number.POSITIVE_INFINITY, hostMemoryMib(hostClass))

/** From where client ports are reached: the cell's own VPC, and whatever is connected to it. */
export function clientCidrs({ vpcCidr, clientAccess }: CellConfig): string[] {
  if (clientAccess.by === 'same-vpc') return [vpcCidr]
  if (clientAccess.by === 'transit-gateway') return [vpcCidr, ...clientAccess.cidrs]
  return [vpcCidr, ...clientAccess.peers.flatMap(({ cidrs }) => cidrs)]
}
