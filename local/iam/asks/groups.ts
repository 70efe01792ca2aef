import * as z from 'zod'
import { AwsError } from '../../aws/service.ts'
import type { Request } from '../evaluate.ts'
import { type Arn, type Asks, anything } from './ask.ts'

/** The tags of a group, or undefined when there is no such group. */
export type GroupTags = (groupId: string) => Record<string, string> | undefined

const Group = z.object({ GroupId: z.string() })
const NewGroup = z.object({
  VpcId: z.string(),
  TagSpecification: z.array(z.object({ Tag: z.array(z.object({ Key: z.string(), Value: z.string().default('') })) })).default([]),
})

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html */
export function groupAsks(arn: Arn, groupTags: GroupTags): Asks {
  const create = (input: unknown): Request[] => {
    const { VpcId, TagSpecification } = NewGroup.parse(input)
    const tags = TagSpecification.flatMap((specification) => specification.Tag)
    const resource = arn('ec2', 'security-group/*')
    const context = Object.fromEntries(tags.map(({ Key, Value }) => [`aws:RequestTag/${Key}`, [Value]]))
    return [
      { action: 'ec2:CreateSecurityGroup', resource: arn('ec2', `vpc/${VpcId}`) },
      { action: 'ec2:CreateSecurityGroup', resource, context },
      ...(tags.length > 0
        ? [{ action: 'ec2:CreateTags', resource, context: { ...context, 'ec2:CreateAction': ['CreateSecurityGroup'] } }]
        : []),
    ]
  }
  const named =
    (action: string) =>
    (input: unknown): Request[] => {
      const { GroupId } = Group.parse(input)
      const tags = groupTags(GroupId)
      // Looked up for its tags before anybody can say whether the caller may: so this is the answer, as EC2 gives it.
      if (!tags) throw new AwsError('InvalidGroup.NotFound', `The security group '${GroupId}' does not exist`)
      const context = Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:ResourceTag/${key}`, [value]]))
      return [{ action: `ec2:${action}`, resource: arn('ec2', `security-group/${GroupId}`), context }]
    }
  return {
    'ec2:CreateSecurityGroup': create,
    'ec2:AuthorizeSecurityGroupIngress': named('AuthorizeSecurityGroupIngress'),
    'ec2:DeleteSecurityGroup': named('DeleteSecurityGroup'),
    'ec2:DescribeInstances': anything('ec2:DescribeInstances'),
    'ec2:DescribeSecurityGroups': anything('ec2:DescribeSecurityGroups'),
  }
}
