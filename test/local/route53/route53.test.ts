import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type ChangeAction,
  ChangeResourceRecordSetsCommand,
  ListHostedZonesCommand,
  ListResourceRecordSetsCommand,
  type ListResourceRecordSetsCommandInput,
  type ResourceRecordSet,
  Route53Client,
} from '@aws-sdk/client-route-53'
import { type Endpoint, startEndpoint } from '../../../local/aws/endpoint.ts'
import { createRoute53, type Route53 } from '../../../local/route53/route53.ts'
import { systemTimers } from '../../../local/timers.ts'

const zones = [{ id: 'Z1', name: 'cell-1.ringhold.internal' }]
const Name = 'clu_1.cell-1.ringhold.internal'

let dir: string
let route53: Route53
let endpoint: Endpoint
let client: Route53Client
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'route53-'))
  route53 = createRoute53({ zones, timers: systemTimers, dataDir: dir })
  endpoint = await startEndpoint({ services: [route53.service] })
  const credentials = { accessKeyId: 'step', secretAccessKey: 'local' }
  client = new Route53Client({ endpoint: endpoint.url, region: 'eu-west-1', credentials, maxAttempts: 1 })
})
afterEach(async () => {
  client.destroy()
  await endpoint.stop()
  rmSync(dir, { recursive: true })
})

const set = (addresses: string[], changes: Partial<ResourceRecordSet> = {}): ResourceRecordSet => ({
  Name,
  Type: 'A',
  TTL: 10,
  ResourceRecords: addresses.map((Value) => ({ Value })),
  ...changes,
})
const changeAll = (changes: [ChangeAction, ResourceRecordSet][], HostedZoneId = 'Z1') => {
  const Changes = changes.map(([Action, ResourceRecordSet]) => ({ Action, ResourceRecordSet }))
  return client.send(new ChangeResourceRecordSetsCommand({ HostedZoneId, ChangeBatch: { Changes } }))
}
const change = (action: ChangeAction, recordSet: ResourceRecordSet) => changeAll([[action, recordSet]])
const list = (input: Partial<ListResourceRecordSetsCommandInput> = {}) =>
  client.send(new ListResourceRecordSetsCommand({ HostedZoneId: 'Z1', ...input }))

describe('the local Route 53', () => {
  it('makes a name mean exactly the addresses of the last upsert', async () => {
    const { ChangeInfo } = await change('UPSERT', set(['127.64.0.1', '127.64.0.2']))
    expect(ChangeInfo).toMatchObject({ Id: expect.stringMatching(/^\/change\/C/), Status: 'PENDING', SubmittedAt: expect.any(Date) })
    await change('UPSERT', set(['127.64.0.3']))
    expect(route53.lookup(Name)).toEqual(['127.64.0.3'])
    expect(route53.lookup('other.cell-1.ringhold.internal')).toEqual([])
    expect((await list()).ResourceRecordSets).toEqual([set(['127.64.0.3'], { Name: `${Name}.` })])
  })

  it('deletes only what is described exactly as it stands', async () => {
    await change('CREATE', set(['127.64.0.1', '127.64.0.2']))
    const refused = (recordSet: ResourceRecordSet, message: string) =>
      expect(change('DELETE', recordSet)).rejects.toMatchObject({ name: 'InvalidChangeBatch', message: expect.stringContaining(message) })
    await refused(set(['127.64.0.1']), `[name='${Name}.', type='A'] but the values provided do not match the current values`)
    await refused(set(['127.64.0.1', '127.64.0.2'], { TTL: 60 }), 'do not match the current values')
    await change('DELETE', set(['127.64.0.2', '127.64.0.1']))
    await refused(set(['127.64.0.1']), 'but it was not found')
    expect((await list()).ResourceRecordSets).toEqual([])
  })

  it('does all of a batch or nothing', async () => {
    const other = set(['127.64.0.9'], { Name: 'other.cell-1.ringhold.internal' })
    await change('CREATE', set(['127.64.0.1']))
    await expect(
      changeAll([
        ['UPSERT', other],
        ['CREATE', set(['127.64.0.2'])],
      ]),
    ).rejects.toMatchObject({ name: 'InvalidChangeBatch', message: expect.stringContaining('but it already exists') })
    expect(route53.lookup('other.cell-1.ringhold.internal')).toEqual([])
  })

  it('lists in order from a name on, in pages', async () => {
    for (const label of ['b', 'a', 'c']) await change('UPSERT', set(['127.64.0.1'], { Name: `${label}.cell-1.ringhold.internal` }))
    const first = await list({ StartRecordName: 'b.cell-1.ringhold.internal', StartRecordType: 'A', MaxItems: 1 })
    expect(first).toMatchObject({ IsTruncated: true, NextRecordName: 'c.cell-1.ringhold.internal.', NextRecordType: 'A', MaxItems: 1 })
    expect(first.ResourceRecordSets?.map((found) => found.Name)).toEqual(['b.cell-1.ringhold.internal.'])
    const all = await list()
    expect(all.ResourceRecordSets?.map((found) => found.Name?.charAt(0))).toEqual(['a', 'b', 'c'])
    expect(all.IsTruncated).toBe(false)
  })

  it('refuses what Route 53 refuses, and by name what it has no model of', async () => {
    await expect(changeAll([['UPSERT', set(['127.64.0.1'])]], 'Z2')).rejects.toMatchObject({ name: 'NoSuchHostedZone' })
    const wrong = (recordSet: ResourceRecordSet) => expect(change('UPSERT', recordSet)).rejects
    await wrong(set(['127.64.0.1'], { Name: 'ringhold.io' })).toMatchObject({
      message: expect.stringContaining('is not permitted in zone'),
    })
    await wrong(set(['localhost'])).toMatchObject({ name: 'InvalidChangeBatch' })
    await wrong(set(['127.64.0.1', '127.64.0.1'])).toMatchObject({ name: 'InvalidChangeBatch' })
    await wrong(set(['127.64.0.1'], { SetIdentifier: 'a', Weight: 1 })).toThrow('Weight')
    await wrong(set(['10 mail'], { Type: 'MX' })).toThrow('Type')
    await expect(client.send(new ListHostedZonesCommand({}))).rejects.toThrow('GET /2013-04-01/hostedzone')
    await expect(list({ StartRecordName: 'a', StartRecordIdentifier: 'b' })).rejects.toThrow('identifier')
  })

  it('keeps records over a restart', async () => {
    await change('UPSERT', set(['127.64.0.1']))
    expect(createRoute53({ zones, timers: systemTimers, dataDir: dir }).lookup(Name)).toEqual(['127.64.0.1'])
  })
})
