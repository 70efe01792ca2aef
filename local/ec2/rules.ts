import { randomBytes } from 'node:crypto'
import * as z from 'zod'
import type { XmlElement } from '../aws/xml.ts'

/** One rule: a permission of the API with several peers is as many rules. */
export const Rule = z.object({
  protocol: z.string(),
  /** -1 where the protocol has no ports. */
  fromPort: z.int(),
  toPort: z.int(),
  peer: z.object({ kind: z.enum(['cidr', 'group']), id: z.string() }),
  description: z.string().optional(),
})
export type Rule = z.infer<typeof Rule>

const port = z.coerce.number().pipe(z.int().min(-1).max(65_535))
const Description = z.string().optional()

/** IpPermission in the words of the query protocol. Prefix lists and IPv6 are not in use. */
export const IpPermissions = z
  .array(
    z.strictObject({
      IpProtocol: z.string(),
      FromPort: port.optional(),
      ToPort: port.optional(),
      IpRanges: z.array(z.strictObject({ CidrIp: z.string(), Description })).default([]),
      Groups: z.array(z.strictObject({ GroupId: z.string(), UserId: z.string().optional(), Description })).default([]),
    }),
  )
  .min(1)

const allProtocols = (protocol: string): boolean => protocol === '-1' || protocol === 'all'

export function toRules(permissions: z.infer<typeof IpPermissions>): Rule[] {
  return permissions.flatMap((permission) => {
    const all = allProtocols(permission.IpProtocol)
    const ports = { fromPort: all ? -1 : (permission.FromPort ?? -1), toPort: all ? -1 : (permission.ToPort ?? -1) }
    const rule = { protocol: all ? '-1' : permission.IpProtocol, ...ports }
    const described = (Description: string | undefined) => (Description === undefined ? {} : { description: Description })
    return [
      ...permission.IpRanges.map((range): Rule => ({ ...rule, peer: { kind: 'cidr', id: range.CidrIp }, ...described(range.Description) })),
      ...permission.Groups.map((pair): Rule => ({ ...rule, peer: { kind: 'group', id: pair.GroupId }, ...described(pair.Description) })),
    ]
  })
}

const portsKey = (rule: Rule): string => `${rule.protocol} ${rule.fromPort} ${rule.toPort}`
/** The description is no part of what a rule is. */
export const sameRule = (a: Rule, b: Rule): boolean => portsKey(a) === portsKey(b) && a.peer.kind === b.peer.kind && a.peer.id === b.peer.id

/** As the error messages of EC2 name a rule. */
export const ruleText = (rule: Rule): string =>
  `peer: ${rule.peer.id}, ${rule.protocol.toUpperCase()}, from port: ${rule.fromPort}, to port: ${rule.toPort}, ALLOW`

const described = (rule: Rule): XmlElement => (rule.description === undefined ? {} : { description: rule.description })

/** Rules of the same protocol and ports are one permission again. */
export function permissionItems(rules: Rule[], account: string): XmlElement[] {
  const groups = Map.groupBy(rules, portsKey)
  return [...groups.values()].flatMap((same): XmlElement[] => {
    const [first] = same
    if (!first) return []
    const cidrs = same.filter(({ peer }) => peer.kind === 'cidr').map((rule) => ({ cidrIp: rule.peer.id, ...described(rule) }))
    const pairs = same
      .filter(({ peer }) => peer.kind === 'group')
      .map((rule) => ({ userId: account, groupId: rule.peer.id, ...described(rule) }))
    return [
      {
        ipProtocol: first.protocol,
        ...(first.protocol === '-1' ? {} : { fromPort: first.fromPort, toPort: first.toPort }),
        groups: { item: pairs },
        ipRanges: { item: cidrs },
        ipv6Ranges: {},
        prefixListIds: {},
      },
    ]
  })
}

/** As AuthorizeSecurityGroupIngress and -Egress answer what they added: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupRule.html */
export function addedItems(rules: Rule[], group: { groupId: string; account: string; isEgress: boolean }): XmlElement[] {
  const { groupId, account, isEgress } = group
  return rules.map((rule) => ({
    securityGroupRuleId: `sgr-${randomBytes(9).toString('hex').slice(1)}`,
    groupId,
    groupOwnerId: account,
    isEgress,
    ipProtocol: rule.protocol,
    fromPort: rule.fromPort,
    toPort: rule.toPort,
    ...(rule.peer.kind === 'cidr' ? { cidrIpv4: rule.peer.id } : { referencedGroupInfo: { groupId: rule.peer.id, userId: account } }),
    ...described(rule),
  }))
}
