import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DeleteSecurityGroupCommand,
  DescribeSecurityGroupsCommand,
  type EC2Client,
  type IpPermission,
} from '@aws-sdk/client-ec2'

/** Ports are opened to addresses (CIDRs) or to the members of another group. */
export interface Opening {
  fromPort: number
  toPort: number
  cidrs?: string[]
  groups?: string[]
}

export interface Network {
  /** The id of the group with that name, made if it is not there. */
  ensureGroup(name: string, tags: Record<string, string>): Promise<string>
  /** Opens what is not open yet. */
  open(groupId: string, openings: Opening[]): Promise<void>
  find(name: string): Promise<string | undefined>
  /** `in-use` while network interfaces of stopped tasks are still being detached: a condition, not an error. */
  remove(groupId: string): Promise<'removed' | 'in-use'>
}

const named = (error: unknown, name: string): boolean => Error.isError(error) && error.name === name

async function find(ec2: EC2Client, vpcId: string, name: string): Promise<string | undefined> {
  const Filters = [
    { Name: 'group-name', Values: [name] },
    { Name: 'vpc-id', Values: [vpcId] },
  ]
  return (await ec2.send(new DescribeSecurityGroupsCommand({ Filters }))).SecurityGroups?.[0]?.GroupId
}

async function create(ec2: EC2Client, vpcId: string, name: string, tags: Record<string, string>): Promise<string | undefined> {
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
  const answer = await ec2.send(
    new CreateSecurityGroupCommand({
      GroupName: name,
      Description: `Ring ${name}`,
      VpcId: vpcId,
      TagSpecifications: [{ ResourceType: 'security-group', Tags }],
    }),
  )
  return answer.GroupId
}

const permission = (opening: Opening): IpPermission => ({
  IpProtocol: 'tcp',
  FromPort: opening.fromPort,
  ToPort: opening.toPort,
  ...(opening.cidrs?.length ? { IpRanges: opening.cidrs.map((CidrIp) => ({ CidrIp })) } : {}),
  ...(opening.groups?.length ? { UserIdGroupPairs: opening.groups.map((GroupId) => ({ GroupId })) } : {}),
})

/**
 * All at once: an account may ask five times a second. One that is open already refuses them all; then each is opened by itself.
 * https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
 */
async function open(ec2: EC2Client, groupId: string, openings: Opening[]): Promise<void> {
  try {
    await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: groupId, IpPermissions: openings.map(permission) }))
  } catch (error) {
    if (!named(error, 'InvalidPermission.Duplicate')) throw error
    if (openings.length > 1) await Promise.all(openings.map((opening) => open(ec2, groupId, [opening])))
  }
}

export function network(ec2: EC2Client, vpcId: string): Network {
  return {
    ensureGroup: async (name, tags) => {
      try {
        const made = await create(ec2, vpcId, name, tags)
        if (made) return made
      } catch (error) {
        if (!named(error, 'InvalidGroup.Duplicate')) throw error
      }
      const found = await find(ec2, vpcId, name)
      if (!found) throw new Error(`security group ${name} is neither made nor found`)
      return found
    },
    open: (groupId, openings) => open(ec2, groupId, openings),
    find: (name) => find(ec2, vpcId, name),
    remove: async (groupId) => {
      try {
        await ec2.send(new DeleteSecurityGroupCommand({ GroupId: groupId }))
      } catch (error) {
        if (named(error, 'DependencyViolation')) return 'in-use'
        if (!named(error, 'InvalidGroup.NotFound')) throw error
      }
      return 'removed'
    },
  }
}
