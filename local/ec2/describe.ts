import * as z from 'zod'
import { AwsError } from '../aws/service.ts'
import type { XmlElement } from '../aws/xml.ts'
import { permissionItems } from './rules.ts'
import type { SecurityGroup, SecurityGroups } from './security-groups.ts'

const text = z.coerce.number().pipe(z.int().min(5).max(1000))
export const DescribeInput = z.strictObject({
  GroupId: z.array(z.string()).default([]),
  Filter: z.array(z.strictObject({ Name: z.string(), Value: z.array(z.string()) })).default([]),
  MaxResults: text.optional(),
  NextToken: z.string().optional(),
})

/** What a filter looks at. Values with wildcards are not in use: `*` and `?` are refused. */
function filterOf(name: string): (group: SecurityGroup) => string | undefined {
  if (name === 'group-name') return (group) => group.name
  if (name === 'group-id') return (group) => group.id
  if (name === 'vpc-id') return (group) => group.vpcId
  const tag = /^tag:(.+)$/.exec(name)?.[1]
  if (tag === undefined) throw new AwsError('InvalidParameterValue', `The local model has no filter '${name}'`)
  return (group) => group.tags[tag]
}

export const tagItems = (tags: Record<string, string>): XmlElement[] => Object.entries(tags).map(([key, value]) => ({ key, value }))
export const groupArn = (id: string, region: string, account: string): string => `arn:aws:ec2:${region}:${account}:security-group/${id}`

const item = (group: SecurityGroup, account: string, region: string): XmlElement => ({
  groupId: group.id,
  groupName: group.name,
  groupDescription: group.description,
  vpcId: group.vpcId,
  ownerId: account,
  securityGroupArn: groupArn(group.id, region, account),
  tagSet: { item: tagItems(group.tags) },
  ipPermissions: { item: permissionItems(group.ingress, account) },
  ipPermissionsEgress: { item: permissionItems(group.egress, account) },
})

export function describe(groups: SecurityGroups, input: z.infer<typeof DescribeInput>, account: string, region: string): XmlElement {
  const filters = input.Filter.map(({ Name, Value }) => {
    if (Value.some((value) => /[*?]/.test(value)))
      throw new AwsError('InvalidParameterValue', 'The local model has no wildcards in filters')
    const look = filterOf(Name)
    return (group: SecurityGroup): boolean => Value.includes(look(group) ?? '')
  })
  const named = input.GroupId.length > 0 ? input.GroupId.map(groups.find) : groups.all()
  const found = named.filter((group) => filters.every((matches) => matches(group))).sort((a, b) => (a.id < b.id ? -1 : 1))
  const rest = found.filter(({ id }) => id > (input.NextToken ?? ''))
  const page = rest.slice(0, input.MaxResults)
  return {
    securityGroupInfo: { item: page.map((group) => item(group, account, region)) },
    nextToken: page.length < rest.length ? page.at(-1)?.id : undefined,
  }
}
