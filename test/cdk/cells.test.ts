import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { cellsOf } from '../../cdk/cells.ts'
import ringhold from '../../ringhold.config.ts'
import { CONFIGURATIONS } from './configurations.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const [first] = ringhold.cells
const [small, large] = ringhold.hostClasses
const peer = { vpcId: 'vpc-0123456789abcdef0', cidrs: ['10.0.0.0/16'] }
const refusal = (configuration: unknown): string => {
  try {
    cellsOf(configuration)
  } catch (error) {
    return Error.isError(error) ? error.message : String(error)
  }
  return 'taken'
}

describe('cells', () => {
  it('take what they share with each other, and say otherwise what they do not: one more is a line', () => {
    const cells = cellsOf({ ...ringhold, cells: [...ringhold.cells, { cell: 'west-2', vpcCidr: '10.65.0.0/16', logRetentionDays: 7 }] })
    expect(cells.map(({ cell, logRetentionDays, region }) => [cell, logRetentionDays, region])).toEqual([
      ['cell-1', 30, 'us-east-1'],
      ['west-2', 7, 'us-east-1'],
    ])
    expect(cells[1]?.plans).toEqual(cells[0].plans)
  })

  it.each(Object.entries(CONFIGURATIONS))('of the configuration %s are sound', (_name, configuration) => {
    expect(cellsOf(configuration).length).toBe(configuration.cells.length)
  })

  it.each([
    ['without a list', { cells: undefined }, "✖ name the cells in a list: cells: [{ cell: 'cell-1', ... }]\n  → at cells"],
    ['without one', { cells: [] }, '✖ there is no cell: name at least one\n  → at cells'],
    [
      'with one name',
      { cells: [first, { ...first, vpcCidr: '10.65.0.0/16' }] },
      '✖ two cells are called cell-1: give each its own name\n  → at cells[1].cell',
    ],
    [
      'with the same addresses',
      { cells: [first, { ...first, cell: 'cell-2' }] },
      '✖ cell-1 has 10.64.0.0/16 already: give this cell a /16 of its own\n  → at cells[1].vpcCidr',
    ],
    [
      'of which one names no account',
      {
        cells: [
          { ...first, account: '123456789012' },
          { cell: 'cell-2', vpcCidr: '10.65.0.0/16' },
        ],
      },
      '✖ other cells name their accounts: name the one of this cell too\n  → at cells[1].account',
    ],
    [
      'of one account with two rates',
      {
        cells: [first, { cell: 'cell-2', vpcCidr: '10.65.0.0/16', taskDefinitions: { burst: 100, perSecond: 10 } }],
      },
      "✖ cell-1 is in the same account and region, and says another rate: write the account's once, beside cells\n  → at cells[1].taskDefinitions",
    ],
    [
      'with more in one account than it has turns for',
      {
        taskDefinitions: { burst: 1, perSecond: 1 },
        cells: [first, { cell: 'cell-2', vpcCidr: '10.65.0.0/16' }],
      },
      '✖ the cells before it share out all task definitions that the account may make at once (1): have AWS raise them, or name another account\n  → at cells[1]',
    ],
    [
      'with no rate',
      { taskDefinitions: { burst: 20, perSecond: 0 }, cells: [first] },
      "✖ write what AWS lets the account: taskDefinitions: { burst: 20, perSecond: 1 } is every account's; less leaves some to others there\n  → at taskDefinitions.perSecond",
    ],
    [
      'with one domain',
      {
        ...CONFIGURATIONS.full,
        cells: [...CONFIGURATIONS.full.cells, { cell: 'cell-2', account: '123456789012', vpcCidr: '10.65.0.0/16' }],
      },
      '✖ another cell answers at rings.example.com already: give each its own name\n  → at cells[1].domain',
    ],
    [
      'that say what nobody knows',
      { cells: [{ ...first, colour: 'red' }], size: 1 },
      '✖ there is no such setting: take it out, or mend its name\n  → at size\n✖ there is no such setting: take it out, or mend its name\n  → at cells[0].colour',
    ],
    [
      'that do not say what they must',
      { region: undefined, cells: [first] },
      '✖ is missing: write it beside cells for all of them, or in the entry of each\n  → at region',
    ],
  ])('%s are refused with the place and what to write there', (_how, change, message) => {
    expect(refusal({ ...ringhold, ...change })).toBe(message)
  })

  it('are told once of what is wrong with all of them, where all have it from', () => {
    const cells = [first, { cell: 'cell-2', vpcCidr: '10.65.0.0/16' }]
    expect(refusal({ ...ringhold, cells, region: 'Virginia' })).toBe('✖ a region looks like us-east-1\n  → at region')
  })
})

describe('choices that do not fit each other are refused with what to write', () => {
  it.each([
    [{ region: 'eu-west-1' }, '✖ us-east-1a is not in eu-west-1: name zones such as eu-west-1a\n  → at availabilityZones[0]'],
    [{ availabilityZones: ['us-east-1a', 'us-east-1b', 'us-east-1b'] }, '→ at availabilityZones[2]'],
    [
      { hostClasses: [small, { ...large, name: 'small' }] },
      '✖ two classes are called small: give each its own name\n  → at hostClasses[1].name',
    ],
    [
      { hostClasses: [{ ...small, minPerAz: 60 }] },
      '✖ a class never has more than maxPerAz (50) hosts in a zone: write at most that\n  → at hostClasses[0].minPerAz',
    ],
    [
      { hostClasses: [{ ...small, spot: { percent: 50, otherInstanceTypes: ['r6g.large', 'r8g.xlarge'] } }] },
      '✖ r8g.xlarge is not as large as r7g.large or not of its architecture: name types of the same letter, "g" and size\n  → at hostClasses[0].spot.otherInstanceTypes[1]',
    ],
    [
      { hostClasses: [{ ...small, spot: { percent: 50, otherInstanceTypes: ['r6i.large', 'r7g.large'] } }] },
      'r7g.large stands there twice',
    ],
    [
      { hostClasses: [{ ...small, spot: { percent: 50, otherInstanceTypes: ['r6g.large'] } }] },
      '✖ Spot of few types is reclaimed all at once',
    ],
    [{ egress: 'endpoints' }, '✖ hosts without a way out cannot reach Docker Hub'],
    [
      { egress: 'endpoints', imageRegistry: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/ringhold' },
      '✖ hosts without a way out reach ECR in us-east-1 only',
    ],
    [
      { egress: 'direct' },
      "✖ write 'public-ip' (hosts with addresses of their own), 'nat' (a NAT gateway in each zone) or 'endpoints' (no way out)\n  → at egress",
    ],
    [
      { clientAccess: { by: 'vpn' } },
      "✖ write { by: 'same-vpc' }, { by: 'peering', peers: [...] } or { by: 'transit-gateway', id, cidrs }",
    ],
    [
      { clientAccess: { by: 'transit-gateway', id: 'tgw-0123456789abcdef0', cidrs: ['10.0.0.0/8'] } },
      "✖ 10.0.0.0/8 overlaps the cell's own 10.64.0.0/16",
    ],
    [
      { clientAccess: { by: 'peering', peers: [peer, { ...peer, vpcId: 'vpc-0123456789abcdef1', cidrs: ['10.0.128.0/20'] }] } },
      '✖ 10.0.128.0/20 overlaps 10.0.0.0/16: a route leads to one VPC only\n  → at clientAccess.peers[1].cidrs',
    ],
    [{ clientAccess: { by: 'peering', peers: [{ ...peer, account: '123456789012' }] } }, '→ at clientAccess.peers[0].roleArn'],
    [
      { domain: { name: 'rings.example.com', certificateArn: 'arn:aws:acm:eu-west-1:123456789012:certificate/0a' } },
      '✖ the certificate of a domain has to be in the region of the cell, us-east-1',
    ],
    [{ alarms: {} }, '✖ say whom alarms tell: email or topicArn; or leave alarms out\n  → at alarms'],
    [{ logRetentionDays: 31 }, '✖ CloudWatch keeps logs for one of so many days: 1, 3, 5,'],
  ])('%j', (change, message) => {
    expect(refusal({ ...ringhold, ...change })).toContain(message)
  })
})

it('a configuration that cannot be stops the synthesis with what to write, and without a trace of calls', () => {
  const directory = mkdtempSync(join(tmpdir(), 'ringhold-config-'))
  const file = join(directory, 'bad.config.ts')
  writeFileSync(file, `export default ${JSON.stringify({ ...ringhold, egress: 'direct' })}\n`)
  const env = { ...process.env, CDK_OUTDIR: directory }
  const { status, stdout, stderr } = spawnSync(process.execPath, ['cdk/app.ts', relative(ROOT, file)], { cwd: ROOT, env, encoding: 'utf8' })
  rmSync(directory, { recursive: true })
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
  expect(stderr).toMatch(/cannot be deployed:\n✖ write 'public-ip' .*\n {2}→ at egress\n$/)
})
