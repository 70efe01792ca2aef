import type { RingholdConfig } from './cdk/config.ts'

/**
 * What a platform team chooses. This is the one file to edit; `npx cdk diff` then says what would change, and a value that cannot be
 * is refused with what to write instead. `docs/deploy.md` says more about each.
 */
export default {
  // Each cell is a stack of its own: a network, hosts, a table and an API that share nothing with another cell. Everything below `cells`
  // holds for all of them, and a cell may say any of it otherwise: one more cell is one more line, in this account or another:
  //   { cell: 'cell-2', vpcCidr: '10.65.0.0/16', account: '123456789012' }
  // The first is the one that `npm start` runs on one machine. A cell keeps its name, zones and addresses for as long as it lives.
  cells: [{ cell: 'cell-1', vpcCidr: '10.64.0.0/16' }],

  // Where. Without an `account` it is the one that you are signed in to. The zones are the racks of a ring: three of the region.
  region: 'us-east-1',
  availabilityZones: ['us-east-1a', 'us-east-1b', 'us-east-1c'],

  // The machines under the rings, smallest class first; r7g is Graviton, with 8 GiB a vCPU. A node goes to the first class that takes
  // nodes as large as it is. Small ones share their host's network, since an interface each would cost more than their memory; large
  // ones have an interface, an address and a security group of their ring's own. Each class keeps `minPerAz` machines in each zone, empty
  // or not, and grows to `maxPerAz` with demand. All are on demand, unless a class says how many of them are Spot:
  //   spot: { percent: 50, onDemandPerAz: 1, otherInstanceTypes: ['r6g.large', 'r8g.large'] }
  // A Spot machine goes with two minutes' notice and takes its nodes and their data along. Rings outlive that as they outlive any host
  // that is lost, but Spot is taken back in several zones at once as well: for caches only.
  hostClasses: [
    {
      name: 'small',
      network: 'shared',
      instanceType: 'r7g.large',
      memoryMib: 16_384,
      vcpus: 2,
      largestNodeMib: 2_048,
      dataDiskGib: 50,
      minPerAz: 1,
      maxPerAz: 50,
    },
    {
      name: 'large',
      network: 'own',
      instanceType: 'r7g.2xlarge',
      memoryMib: 65_536,
      vcpus: 8,
      taskInterfaces: 40,
      dataDiskGib: 400,
      minPerAz: 0,
      maxPerAz: 50,
    },
  ],

  // What a dry run tells tenants that a ring costs; nothing is charged. A vCPU as Fargate on Arm has it in us-east-1, the disk as gp3, and
  // memory such that a host of small nodes pays for itself when two thirds of it are sold: an r7g.large with its disks and its address
  // costs 0.121 USD an hour, and sold out brings 0.182.
  prices: { currency: 'USD', vcpuHour: 0.03238, gibHour: 0.0085, diskGibMonth: 0.08 },

  // How much a tenant may use at once. The first plan is for tenants that are made without naming one.
  plans: [
    { name: 'standard', clusters: 20, nodes: 200, vcpus: 32, memoryMib: 65_536, webhooks: 10, keys: 50, requestsPerSecond: 100 },
    { name: 'starter', clusters: 3, nodes: 30, vcpus: 4, memoryMib: 8_192, webhooks: 3, keys: 10, requestsPerSecond: 20 },
    { name: 'large', clusters: 200, nodes: 2_000, vcpus: 512, memoryMib: 2_097_152, webhooks: 100, keys: 200, requestsPerSecond: 1_000 },
  ],

  // How long a change of a ring may take before it is given up and said to have failed.
  operationTimeoutSeconds: 900,
  // How long logs are kept.
  logRetentionDays: 30,

  // What follows may be left out.

  // How hosts get at images and AWS. 'public-ip': each by an address of its own, with nothing let in. 'nat': one gateway in each zone,
  // at some $33 a month each. 'endpoints': no way out at all, seven endpoints in each zone at some $7 a month each, and images from
  // repositories of yours, which `imageRegistry` names.
  // egress: 'public-ip',
  // imageRegistry: '123456789012.dkr.ecr.us-east-1.amazonaws.com/ringhold',

  // From where tenants' applications reach their rings, beside the cell's own VPC. The way back from nodes is made, and they are let in.
  // clientAccess: { by: 'same-vpc' },
  // clientAccess: { by: 'peering', peers: [{ vpcId: 'vpc-0123456789abcdef0', cidrs: ['10.0.0.0/16'] }] },
  // clientAccess: { by: 'transit-gateway', id: 'tgw-0123456789abcdef0', cidrs: ['10.0.0.0/12'] },

  // A name of yours for the API; with a hosted zone it is published, too. Every cell has its own.
  // domain: {
  //   name: 'cell-1.rings.example.com',
  //   certificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef',
  //   hostedZone: { id: 'Z0123456789ABCDEFGHIJ', name: 'example.com' },
  // },

  // Web pages that may call the API from a browser.
  // corsOrigins: ['https://console.example.com'],

  // Whose signed tokens (OIDC) are taken beside API keys.
  // issuers: [{ issuer: 'https://login.example.com', audience: 'ringhold', tenantClaim: 'tenant', scopesClaim: 'scope' }],

  // Whom alarms tell.
  // alarms: { email: 'oncall@example.com' },

  // The table, queues and logs under a key of your own, at $1 a month and what its uses cost.
  // customerKey: true,

  // How often ECS lets the account register and deregister task definitions; each ring that is made or deleted takes one. Cells of one
  // account and region share it. AWS raises it on request: until this says so, rings queue as if it had not.
  // taskDefinitions: { burst: 20, perSecond: 1 },

  // How many of the account's concurrent executions of Lambda (1,000 once they are raised, 10 in a new account) the cell may count on.
  // From 200 on some are set aside for making and healing rings, which no flood of requests can take then.
  // concurrentExecutions: 1_000,
} satisfies RingholdConfig
