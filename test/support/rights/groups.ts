import * as z from 'zod'
import { type Arn, type Ask, type Asks, anything } from './ask.ts'

const Group = z.object({ GroupId: z.string() })
const NewGroup = z.object({
  VpcId: z.string(),
  TagSpecification: z.array(z.object({ Tag: z.array(z.object({ Key: z.string(), Value: z.string() })) })),
})

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html */
export function groupAsks(arn: Arn): Asks {
  /** Of the groups that were made so far, for the calls that name one later: all are made alike. */
  const made: Record<string, string[]> = {}
  const create = (input: unknown): Ask[] => {
    const { VpcId, TagSpecification } = NewGroup.parse(input)
    const tags = TagSpecification.flatMap((specification) => specification.Tag)
    for (const { Key, Value } of tags) made[`aws:ResourceTag/${Key}`] = [Value]
    const resource = arn('ec2', 'security-group/sg-new')
    const context = Object.fromEntries(tags.map(({ Key, Value }) => [`aws:RequestTag/${Key}`, [Value]]))
    return [
      { action: 'ec2:CreateSecurityGroup', resource: arn('ec2', `vpc/${VpcId}`) },
      { action: 'ec2:CreateSecurityGroup', resource, context },
      { action: 'ec2:CreateTags', resource, context: { 'ec2:CreateAction': ['CreateSecurityGroup'] } },
    ]
  }
  const named =
    (action: string) =>
    (input: unknown): Ask[] => [
      { action: `ec2:${action}`, resource: arn('ec2', `security-group/${Group.parse(input).GroupId}`), context: { ...made } },
    ]
  return {
    'ec2:CreateSecurityGroup': create,
    'ec2:AuthorizeSecurityGroupIngress': named('AuthorizeSecurityGroupIngress'),
    'ec2:DeleteSecurityGroup': named('DeleteSecurityGroup'),
    'ec2:DescribeSecurityGroups': anything('ec2:DescribeSecurityGroups'),
  }
}
