import * as z from 'zod'

export const Account = z.string().regex(/^\d{12}$/, "an AWS account is 12 digits in quotes: '123456789012'")
export const Region = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'a region looks like us-east-1')
const Cidrs = z
  .array(z.cidrv4('a range of addresses looks like 10.0.0.0/16'))
  .min(1, "name the addresses of tenants' applications: ['10.0.0.0/16']")

/** A VPC of tenants' applications that the cell's is peered with. */
const Peer = z
  .strictObject({
    vpcId: z.string().regex(/^vpc-[0-9a-f]{8,17}$/, 'the id of a VPC looks like vpc-0123456789abcdef0'),
    cidrs: Cidrs,
    /** Left out: those of the cell. */
    account: Account.optional(),
    region: Region.optional(),
    /** In another account: the role there that may accept the peering (`ec2:AcceptVpcPeeringConnection`). */
    roleArn: z
      .string()
      .regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/\S+$/, 'a role looks like arn:aws:iam::123456789012:role/accepts-peering')
      .optional(),
  })
  .refine(({ account, roleArn }) => (account === undefined) === (roleArn === undefined), {
    path: ['roleArn'],
    error: 'a VPC of another account needs both: account, and roleArn of the role there that accepts the peering',
  })

/** How tenants' applications reach their rings: what the cell's own VPC holds always does. */
export const ClientAccess = z.discriminatedUnion(
  'by',
  [
    z.strictObject({ by: z.literal('same-vpc') }),
    z.strictObject({ by: z.literal('peering'), peers: z.array(Peer).min(1, 'name at least one VPC: peers: [{ vpcId, cidrs }]') }),
    z.strictObject({
      by: z.literal('transit-gateway'),
      id: z.string().regex(/^tgw-[0-9a-f]{8,17}$/, 'the id of a transit gateway looks like tgw-0123456789abcdef0'),
      cidrs: Cidrs,
    }),
  ],
  "write { by: 'same-vpc' }, { by: 'peering', peers: [...] } or { by: 'transit-gateway', id, cidrs }",
)
export type ClientAccess = z.infer<typeof ClientAccess>

/** How hosts get at images, ECS and Session Manager. */
export const Egress = z.enum(
  ['public-ip', 'nat', 'endpoints'],
  "write 'public-ip' (hosts with addresses of their own), 'nat' (a NAT gateway in each zone) or 'endpoints' (no way out)",
)

const domainName = z
  .string()
  .regex(/^(?!.*\.$)([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/, 'a name is in lower case, without a dot at its end: rings.example.com')

/** A name of the platform team's own for the API. */
export const Domain = z
  .strictObject({
    name: domainName,
    certificateArn: z
      .string()
      .regex(
        /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[0-9a-f-]+$/,
        'a certificate looks like arn:aws:acm:us-east-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef',
      ),
    /** The public zone in Route 53 that the name goes into; left out, you publish it where the output `ApiTarget` says. */
    hostedZone: z
      .strictObject({ id: z.string().regex(/^Z[A-Z0-9]+$/, 'the id of a hosted zone looks like Z0123456789ABCDEFGHIJ'), name: domainName })
      .optional(),
  })
  .refine(({ name, hostedZone }) => hostedZone === undefined || name === hostedZone.name || name.endsWith(`.${hostedZone.name}`), {
    path: ['hostedZone', 'name'],
    error: 'the zone holds no such name: name the zone whose name ends the name of the domain',
  })

const lets =
  "write what AWS lets the account: taskDefinitions: { burst: 20, perSecond: 1 } is every account's; less leaves some to others there"

/** How often ECS lets an account register and deregister task definitions: so many at once, and so many in each second after that. */
export const TaskDefinitions = z.strictObject({ burst: z.int(lets).min(1, lets), perSecond: z.number(lets).positive(lets) }, lets)

/** Whom alarms tell. Without either they are there and tell nobody. */
export const Alarms = z
  .strictObject({
    email: z.email('alarms go to an address such as oncall@example.com').optional(),
    /** A topic that is there, e.g. of a pager. */
    topicArn: z
      .string()
      .regex(/^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w.-]+$/, 'a topic looks like arn:aws:sns:us-east-1:123456789012:pager')
      .optional(),
    /** `full` has the alarms that cost money, too: docs/runbook.md. */
    level: z.enum(['essential', 'full'], "alarms are 'essential', which cost nothing, or 'full'").default('essential'),
    /** Where docs/runbook.md is published, for the link in each alarm. */
    runbook: z.url({ protocol: /^https$/, error: 'a page looks like https://wiki.example.com/runbook' }).optional(),
  })
  .refine(
    ({ email, topicArn }) => email !== undefined || topicArn !== undefined,
    'say whom alarms tell: email or topicArn; or leave alarms out',
  )
