import type { RingholdConfig } from './cdk/config.ts'

/**
 * What a platform team chooses. This is the one file to edit; `npx cdk diff` then says what would change, and a value that cannot be
 * is refused with what to write instead. `docs/deploy.md` says more about each.
 */
export default {
  // Each cell is a stack of its own: a network, hosts, a table and an API that share nothing with another cell. Everything below `cells`
  // holds for all of them, and a cell may say any of it otherwise: one more cell is one more line. The first is the one that
  // `npm start` runs on one machine. A cell keeps its name and its addresses for as long as it lives.
  cells: [{ cell: 'cell-1', vpcCidr: '10.64.0.0/16' }],

  // Where. Without an `account` it is the one that you are signed in to. The zones are the racks of a ring: three of the region.
  region: 'us-east-1',
  availabilityZones: ['us-east-1a', 'us-east-1b', 'us-east-1c'],

  // The machines under the rings, smallest class first; r7g is Graviton, with 8 GiB a vCPU. A node goes to the first class that takes
  // nodes as large as it is. Small ones share their host's network, since an interface each would cost more than their memory; large
  // ones have an interface, an address and a security group of their ring's own. Each class keeps `minPerAz` machines in each zone, empty or not, and grows to `maxPerAz` with demand.
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

  // What a dry run tells tenants that a ring costs; nothing is charged. These are the prices of Fargate on Arm in us-east-1, which is
  // what bare containers cost elsewhere: a c7g.2xlarge that is sold out brings 0.316 USD an hour against the 0.29 that it costs. The
  // disk is at the price of gp3.
  prices: { currency: 'USD', vcpuHour: 0.03238, gibHour: 0.00356, diskGibMonth: 0.08 },

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
} satisfies RingholdConfig
