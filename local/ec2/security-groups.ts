import { randomBytes } from 'node:crypto'
import * as z from 'zod'
import { AwsError } from '../aws/service.ts'
import type { DurableMap } from '../store/durable-map.ts'
import { Rule, ruleText, sameRule } from './rules.ts'

export const SecurityGroup = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  vpcId: z.string(),
  tags: z.record(z.string(), z.string()),
  ingress: z.array(Rule),
  egress: z.array(Rule),
})
export type SecurityGroup = z.infer<typeof SecurityGroup>
export type Direction = 'ingress' | 'egress'

export interface SecurityGroupsDeps {
  groups: DurableMap<SecurityGroup>
  vpcIds: string[]
  /** Who uses groups now. */
  networkInterfaces(): { securityGroupIds: string[] }[]
}

/** https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-limits-security-groups */
const MAX_RULES = 60

/** What a new group lets out. */
const ALLOW_ALL: Rule = { protocol: '-1', fromPort: -1, toPort: -1, peer: { kind: 'cidr', id: '0.0.0.0/0' } }

const notFound = (id: string): AwsError => new AwsError('InvalidGroup.NotFound', `The security group '${id}' does not exist`)

/** What can be done to groups; errors are EC2's (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html). */
export function securityGroups({ groups, vpcIds, networkInterfaces }: SecurityGroupsDeps) {
  const find = (id: string): SecurityGroup => {
    const group = groups.get(id)
    if (!group) throw notFound(id)
    return group
  }
  return {
    all: groups.values,
    create: (wanted: Pick<SecurityGroup, 'name' | 'description' | 'vpcId' | 'tags'>): SecurityGroup => {
      if (!vpcIds.includes(wanted.vpcId)) throw new AwsError('InvalidVpcID.NotFound', `The vpc ID '${wanted.vpcId}' does not exist`)
      if (groups.values().some(({ name, vpcId }) => name === wanted.name && vpcId === wanted.vpcId))
        throw new AwsError('InvalidGroup.Duplicate', `The security group '${wanted.name}' already exists for VPC '${wanted.vpcId}'`)
      const group = { ...wanted, id: `sg-${randomBytes(9).toString('hex').slice(1)}`, ingress: [], egress: [ALLOW_ALL] }
      groups.set(group.id, group)
      return group
    },
    /** All of them or none. */
    authorize: (id: string, direction: Direction, rules: Rule[]): void => {
      const group = find(id)
      for (const { peer } of rules) if (peer.kind === 'group') find(peer.id)
      const existing = rules.find((rule, i) => [...group[direction], ...rules.slice(0, i)].some((other) => sameRule(rule, other)))
      if (existing) throw new AwsError('InvalidPermission.Duplicate', `the specified rule "${ruleText(existing)}" already exists`)
      const after = [...group[direction], ...rules]
      if (after.length > MAX_RULES)
        throw new AwsError('RulesPerSecurityGroupLimitExceeded', `The maximum number of rules per security group has been reached.`)
      groups.set(id, { ...group, [direction]: after })
    },
    revoke: (id: string, direction: Direction, rules: Rule[]): void => {
      const group = find(id)
      const missing = rules.find((rule) => !group[direction].some((other) => sameRule(rule, other)))
      if (missing) throw new AwsError('InvalidPermission.NotFound', 'The specified rule does not exist in this security group.')
      groups.set(id, { ...group, [direction]: group[direction].filter((rule) => !rules.some((gone) => sameRule(rule, gone))) })
    },
    delete: (id: string): void => {
      find(id)
      const refers = groups
        .values()
        .some((other) => other.id !== id && [...other.ingress, ...other.egress].some(({ peer }) => peer.kind === 'group' && peer.id === id))
      if (refers || networkInterfaces().some(({ securityGroupIds }) => securityGroupIds.includes(id)))
        throw new AwsError('DependencyViolation', `resource ${id} has a dependent object`)
      groups.delete(id)
    },
    find,
  }
}
export type SecurityGroups = ReturnType<typeof securityGroups>
