/** A difference that stays: both emulators answer otherwise than the model, and AWS answers as the model does. */
export interface Known {
  calls: string[]
  /** The field, or all of the answer's where it is not given. */
  field?: string
  why: string
  source: string
}

const EC2 = 'https://docs.aws.amazon.com/AWSEC2/latest/APIReference'
const STS = 'https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html'
const SSM = 'https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html'

export const KNOWN: Known[] = [
  {
    calls: ['put a name that is too long', 'put a name with a space'],
    why: 'a name has at most 1011 characters, of a-zA-Z0-9_.-/ only: the emulators do not look',
    source: SSM,
  },
  {
    calls: ['list what is below a path'],
    why: 'a listing also says who changed a parameter last, with which key, and its tier: the model keeps what is asked for by the product, the names',
    source: 'https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ParameterMetadata.html',
  },
  { calls: ['put more than 4 KB'], why: 'a standard parameter holds 4 KB: the emulators do not count', source: SSM },
  {
    calls: ['create a group'],
    why: 'the tags of a new group are in the answer (tagSet): the emulators leave them out',
    source: `${EC2}/API_CreateSecurityGroup.html`,
  },
  {
    calls: ['create one in no VPC'],
    why: 'InvalidVpcID.NotFound, where there is no such VPC: the emulators do not look',
    source: `${EC2}/errors-overview.html`,
  },
  {
    calls: ['create one named sg-'],
    why: 'a group cannot be named sg-...: the emulators do not look',
    source: `${EC2}/API_CreateSecurityGroup.html`,
  },
  {
    calls: ['publish what is no address'],
    why: 'the value of an A record is an IPv4 address: the emulators do not look',
    source: 'https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html#AFormat',
  },
  {
    calls: ['assume it for too short', 'assume it for longer than a chain may'],
    why: 'a session lasts 900 seconds at least and 43,200 at most: the emulators do not look',
    source: STS,
  },
  { calls: ['assume it under no name'], why: 'a session name matches [\\w+=,.@-]*: the emulators do not look', source: STS },
  {
    calls: ['assume it with a tag twice'],
    why: 'tag keys that differ in their case only are the same: the emulators do not look',
    source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html',
  },
  {
    calls: ['assume a role for a tenant'],
    field: 'PackedPolicySize',
    why: 'AWS does not say how it packs: the emulators answer 6 and 0, the model nothing, and nobody reads it',
    source: STS,
  },
]
