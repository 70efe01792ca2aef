import { CellConfig } from '../../cdk/config.ts'
import { config } from '../../cdk/configured.ts'
import { issuersVariable, plansVariable } from '../../cdk/variables.ts'
import { readEnv } from '../../shared/platform/env.ts'

const [plan] = config.plans
const issuer = { issuer: 'https://login.example.com', audience: 'ringhold', tenantClaim: 'tenant', scopesClaim: 'scope' }
const messages = (change: object): string[] =>
  CellConfig.safeParse({ ...config, ...change }).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? []

describe('the plans and issuers of a cell', () => {
  it('reach the API as it parses them', () => {
    const cell = CellConfig.parse({
      ...config,
      issuers: [issuer, { ...issuer, issuer: 'https://b.example.com', jwksUri: 'https://b.example.com/k', platform: true }],
    })
    const environment = {
      ...Object.fromEntries(['CELL', 'TABLE_NAME', 'TENANT_ROLE_ARN', 'KEYS_ROLE_ARN', 'STATE_MACHINE_ARN'].map((name) => [name, 'x'])),
      ...{ ZONE_NAME: 'x', PREVIEW_FUNCTION: 'x', OPERATION_TIMEOUT_SECONDS: '900' },
      HOST_CLASSES: JSON.stringify([{ name: 'small', max_node_memory_mib: 1, network: 'own', capacity_providers: {} }]),
      PRICES: JSON.stringify({ currency: 'USD', vcpu_hour: 1, gib_hour: 1, disk_gib_month: 1 }),
      PLANS: plansVariable(cell),
      ISSUERS: issuersVariable(cell),
    }
    const { PLANS, ISSUERS } = readEnv('api', environment)
    expect(PLANS.filter((each) => each.default).map(({ name }) => name)).toEqual(['standard'])
    expect(PLANS[1]?.quota).toEqual({
      clusters: 3,
      nodes: 30,
      cpu_units: 4_096,
      memory_mib: 8_192,
      webhooks: 3,
      keys: 10,
      requests_per_second: 20,
    })
    expect(ISSUERS).toMatchObject([
      { issuer: issuer.issuer, tenant_claim: 'tenant', platform: false },
      { jwks_uri: 'https://b.example.com/k', platform: true },
    ])
  })

  it.each([
    [{ plans: [] }, 'plans: tenants are made on a plan: name at least one'],
    [{ plans: [plan, plan] }, 'plans: two plans have one name: give each its own'],
    [{ plans: [{ ...plan, name: 'Gold Plan' }] }, 'plans.0.name: a plan is named in lower-case letters, digits and dashes'],
    [{ plans: [{ ...plan, requestsPerSecond: 0 }] }, 'plans.0.requestsPerSecond: a tenant needs at least one request a second'],
    [
      { issuers: [{ ...issuer, issuer: 'http://login.example.com' }] },
      'issuers.0.issuer: issuers and their keys are asked over https only: https://login.example.com',
    ],
    [
      { issuers: [{ ...issuer, jwksUri: 'file:///keys' }] },
      'issuers.0.jwksUri: issuers and their keys are asked over https only: https://login.example.com',
    ],
    [{ issuers: [issuer, issuer] }, 'issuers: an issuer stands there twice: its tokens would be checked in two ways'],
  ])('are refused with what to do: %j', (change, message) => {
    expect(messages(change)).toEqual([message])
  })
})
