import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import * as z from 'zod'
import { parseQueryForm, type QueryValue } from '../aws/query-form.ts'
import { AwsError, type AwsResponse, type AwsService } from '../aws/service.ts'
import { type XmlElement, xmlDocument } from '../aws/xml.ts'
import { durableMap } from '../store/durable-map.ts'
import type { NetworkSpec } from '../template/network.ts'
import { DescribeInput, describe, groupArn, tagItems } from './describe.ts'
import { DescribeInstancesInput, describeInstances, type Instance } from './instances.ts'
import { addedItems, IpPermissions, toRules } from './rules.ts'
import { type Direction, SecurityGroup, type SecurityGroups, securityGroups } from './security-groups.ts'

export interface Ec2Options {
  account: string
  region: string
  /** Of the template: its groups exist from the start. */
  network: Pick<NetworkSpec, 'vpcs' | 'securityGroups'>
  /** Interfaces of running tasks: a group that one of them uses cannot be deleted. */
  networkInterfaces(): { securityGroupIds: string[] }[]
  /** Those that run, and those of which EC2 still tells. */
  instances(): Instance[]
  /** Undefined keeps groups in memory. */
  dataDir?: string | undefined
}

export interface Ec2 {
  readonly service: AwsService
  /** Of a security group; undefined when there is none. */
  tagsOf(groupId: string): Record<string, string> | undefined
}

const VERSION = '2016-11-15'
const NAMESPACE = `http://ec2.amazonaws.com/doc/${VERSION}/`

const Tags = z.array(z.strictObject({ Key: z.string(), Value: z.string().default('') }))
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html
const Text = z.string().regex(/^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]{1,255}$/)
const CreateInput = z.strictObject({
  GroupName: Text.refine((name) => !name.startsWith('sg-'), { error: 'cannot start with sg-' }),
  GroupDescription: Text,
  VpcId: z.string(),
  TagSpecification: z.array(z.strictObject({ ResourceType: z.literal('security-group'), Tag: Tags })).default([]),
})
const RulesInput = z.strictObject({ GroupId: z.string(), IpPermissions })

type Action = (input: QueryValue) => XmlElement

function action<S extends z.ZodType>(schema: S, run: (input: z.infer<S>) => XmlElement): Action {
  return (input) => {
    const parsed = schema.safeParse(input)
    if (!parsed.success) throw new AwsError('InvalidParameterValue', `not in the local model: ${z.prettifyError(parsed.error)}`)
    return run(parsed.data)
  }
}

function actions(groups: SecurityGroups, { account, region, instances }: Ec2Options): Record<string, Action> {
  const authorize = (direction: Direction) =>
    action(RulesInput, (input) => {
      const rules = toRules(input.IpPermissions)
      groups.authorize(input.GroupId, direction, rules)
      const added = addedItems(rules, { groupId: input.GroupId, account, isEgress: direction === 'egress' })
      return { return: true, securityGroupRuleSet: { item: added } }
    })
  const revoke = (direction: Direction) =>
    action(RulesInput, (input) => {
      groups.revoke(input.GroupId, direction, toRules(input.IpPermissions))
      return { return: true }
    })
  return {
    CreateSecurityGroup: action(CreateInput, (input) => {
      const tags = Object.fromEntries(input.TagSpecification.flatMap(({ Tag }) => Tag.map(({ Key, Value }) => [Key, Value])))
      const group = groups.create({ name: input.GroupName, description: input.GroupDescription, vpcId: input.VpcId, tags })
      return { groupId: group.id, securityGroupArn: groupArn(group.id, region, account), tagSet: { item: tagItems(tags) } }
    }),
    DeleteSecurityGroup: action(z.strictObject({ GroupId: z.string() }), ({ GroupId }) => {
      groups.delete(GroupId)
      return { return: true, groupId: GroupId }
    }),
    DescribeInstances: action(DescribeInstancesInput, (input) => describeInstances(instances(), input)),
    DescribeSecurityGroups: action(DescribeInput, (input) => describe(groups, input, account, region)),
    AuthorizeSecurityGroupIngress: authorize('ingress'),
    AuthorizeSecurityGroupEgress: authorize('egress'),
    RevokeSecurityGroupIngress: revoke('ingress'),
    RevokeSecurityGroupEgress: revoke('egress'),
  }
}

const answer = (status: number, body: string): AwsResponse => ({ status, headers: { 'content-type': 'text/xml;charset=UTF-8' }, body })

function failure(error: AwsError): AwsResponse {
  const Errors = { Error: { Code: error.code, Message: error.message } }
  return answer(error.status, xmlDocument('Response', undefined, { Errors, RequestID: randomUUID() }))
}

/** Security groups, as far as a ring's life needs them: who may reach it is kept, not enforced. And what became of the machines of hosts. */
export function createEc2(options: Ec2Options): Ec2 {
  const { network, networkInterfaces, dataDir } = options
  const groups = durableMap(dataDir && join(dataDir, 'security-groups.jsonl'), SecurityGroup)
  for (const { id, name, vpcId, tags } of network.securityGroups) {
    if (!groups.get(id)) groups.set(id, { id, name, vpcId, description: 'of the template', tags, ingress: [], egress: [] })
  }
  const known = actions(securityGroups({ groups, vpcIds: network.vpcs.map(({ id }) => id), networkInterfaces }), options)
  const handle: AwsService['handle'] = async (request) => {
    try {
      const { action: name, version, input } = parseQueryForm(request.body.toString('utf8'))
      if (version !== VERSION) throw new AwsError('NoSuchVersion', `The local model has the API version ${VERSION}, not ${version}.`)
      const run = known[name]
      if (!run) throw new AwsError('InvalidAction', `ec2 has no local model of ${name || 'a call without Action'}`)
      return answer(200, xmlDocument(`${name}Response`, NAMESPACE, { requestId: randomUUID(), ...run(input) }))
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      return failure(error)
    }
  }
  return { service: { signingName: 'ec2', handle }, tagsOf: (groupId) => groups.get(groupId)?.tags }
}
