import type { RingholdConfig } from '../../cdk/config.ts'
import ringhold from '../../ringhold.config.ts'

const base: RingholdConfig = ringhold
const [first = { cell: 'cell-1' }] = base.cells
const [small, large] = base.hostClasses ?? []
if (!small || !large) throw new Error('the configuration has not the two host classes that tests build on')
const certificateArn = 'arn:aws:acm:us-east-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef'

/** Hosts behind NAT, some of them Spot, clients in VPCs that are peered, and everything else that may be turned on. */
const full: RingholdConfig = {
  ...base,
  cells: [{ ...first, account: '123456789012' }],
  egress: 'nat',
  hostClasses: [{ ...small, spot: { percent: 60, onDemandPerAz: 1, otherInstanceTypes: ['r6g.large', 'r8g.large'] } }, large],
  clientAccess: {
    by: 'peering',
    peers: [
      { vpcId: 'vpc-0123456789abcdef0', cidrs: ['10.0.0.0/16', '172.16.0.0/20'] },
      {
        ...{ vpcId: 'vpc-0123456789abcdef1', cidrs: ['10.1.0.0/16'], region: 'us-west-2', account: '210987654321' },
        roleArn: 'arn:aws:iam::210987654321:role/accepts-peering',
      },
    ],
  },
  domain: { name: 'rings.example.com', certificateArn, hostedZone: { id: 'Z0123456789ABCDEFGHIJ', name: 'example.com' } },
  corsOrigins: ['https://console.example.com'],
  issuers: [{ issuer: 'https://login.example.com', audience: 'ringhold', tenantClaim: 'tenant', scopesClaim: 'scope' }],
  alarms: { email: 'oncall@example.com', topicArn: 'arn:aws:sns:us-east-1:123456789012:pager', level: 'full' },
  customerKey: true,
  concurrentExecutions: 1_000,
  taskDefinitions: { burst: 200, perSecond: 12 },
  logRetentionDays: 365,
}

/** Hosts without a way out, clients behind a transit gateway. */
const closed: RingholdConfig = {
  ...base,
  cells: [{ cell: 'west-2', vpcCidr: '10.65.0.0/16' }],
  region: 'eu-west-1',
  availabilityZones: ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'],
  egress: 'endpoints',
  imageRegistry: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/ringhold',
  clientAccess: { by: 'transit-gateway', id: 'tgw-0123456789abcdef0', cidrs: ['10.0.0.0/12'] },
  domain: { name: 'rings.example.com', certificateArn: certificateArn.replace('us-east-1', 'eu-west-1') },
  alarms: { email: 'oncall@example.com' },
  // Of a new account: too few to set any aside.
  concurrentExecutions: 10,
}

/** Three cells, in two accounts and two regions. */
const several: RingholdConfig = {
  ...base,
  cells: [
    { ...first, account: '123456789012' },
    { cell: 'cell-2', account: '123456789012', vpcCidr: '10.65.0.0/16' },
    {
      ...{ cell: 'cell-3', account: '210987654321', vpcCidr: '10.66.0.0/16', region: 'eu-west-1' },
      availabilityZones: ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'],
    },
  ],
}

/** What tests synthesise: as it comes, with everything turned on, closed up, and more than one cell. */
export const CONFIGURATIONS = { plain: base, full, closed, several } satisfies Record<string, RingholdConfig>
