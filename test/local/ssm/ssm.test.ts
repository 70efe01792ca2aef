import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  AddTagsToResourceCommand,
  DeleteParameterCommand,
  DeleteParametersCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  PutParameterCommand,
  type PutParameterCommandInput,
  SSMClient,
} from '@aws-sdk/client-ssm'
import { type Endpoint, startEndpoint } from '../../../local/aws/endpoint.ts'
import { createSsm, type Ssm } from '../../../local/ssm/ssm.ts'
import { systemTimers } from '../../../local/timers.ts'

const where = { account: '123456789012', region: 'eu-west-1' }
const Name = '/cell-1/clusters/clu_1/credentials'
const Value = 'control=a,b'
const arn = `arn:aws:ssm:eu-west-1:123456789012:parameter${Name}`

let dir: string
let ssm: Ssm
let endpoint: Endpoint
let client: SSMClient
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'ssm-'))
  ssm = createSsm({ ...where, timers: systemTimers, dataDir: dir })
  endpoint = await startEndpoint({ services: [ssm.service] })
  const credentials = { accessKeyId: 'step', secretAccessKey: 'local' }
  client = new SSMClient({ endpoint: endpoint.url, region: 'eu-west-1', credentials, maxAttempts: 1 })
})
afterEach(async () => {
  client.destroy()
  await endpoint.stop()
  rmSync(dir, { recursive: true })
})

const put = (input: Partial<PutParameterCommandInput> = {}) =>
  client.send(new PutParameterCommand({ Name, Value, Type: 'SecureString', ...input }))
const get = async (name = Name, WithDecryption = true) =>
  (await client.send(new GetParameterCommand({ Name: name, WithDecryption }))).Parameter

describe('the local SSM', () => {
  it('answers a secret only to whoever asks to decrypt it', async () => {
    expect(await put({ Tags: [{ Key: 'ringhold:cluster', Value: 'clu_1' }] })).toMatchObject({ Version: 1, Tier: 'Standard' })
    expect(await get()).toMatchObject({ Name, ARN: arn, Type: 'SecureString', Value, Version: 1, LastModifiedDate: expect.any(Date) })
    expect((await get(Name, false))?.Value).toMatch(/^AQICAH/)
    await put({ Name: 'plain', Type: 'String', Value: 'open' })
    expect((await get('plain', false))?.Value).toBe('open')
  })

  it('gives the value to ECS by name and by arn', async () => {
    await put()
    expect([ssm.read(Name), ssm.read(arn)]).toEqual([Value, Value])
    expect(await get(arn)).toMatchObject({ Name })
    expect(() => ssm.read('/cell-1/other')).toThrow('Parameter /cell-1/other not found.')
  })

  it('lets the first of two makers win, and counts versions', async () => {
    await put()
    await expect(put({ Value: 'other' })).rejects.toMatchObject({ name: 'ParameterAlreadyExists' })
    expect(await put({ Value: 'next', Overwrite: true })).toMatchObject({ Version: 2 })
    expect(await get()).toMatchObject({ Value: 'next', Version: 2 })
  })

  it('reads and deletes several, and names those that are not there', async () => {
    await put()
    const Names = [Name, '/cell-1/other']
    const found = await client.send(new GetParametersCommand({ Names, WithDecryption: true }))
    expect(found).toMatchObject({ Parameters: [{ Name, Value }], InvalidParameters: ['/cell-1/other'] })
    const gone = await client.send(new DeleteParametersCommand({ Names }))
    expect(gone).toMatchObject({ DeletedParameters: [Name], InvalidParameters: ['/cell-1/other'] })
    await expect(get()).rejects.toMatchObject({ name: 'ParameterNotFound' })
    await expect(client.send(new DeleteParameterCommand({ Name }))).rejects.toMatchObject({ name: 'ParameterNotFound' })
  })

  it('pages through a path', async () => {
    for (const name of ['/cell-1/a', '/cell-1/b', '/cell-1/c/d', '/cell-10/e']) await put({ Name: name })
    const list = (input: object) => client.send(new GetParametersByPathCommand({ Path: '/cell-1', ...input }))
    expect((await list({})).Parameters?.map((parameter) => parameter.Name)).toEqual(['/cell-1/a', '/cell-1/b'])
    const first = await list({ Recursive: true, MaxResults: 2 })
    const second = await list({ Recursive: true, MaxResults: 2, NextToken: first.NextToken })
    expect(second).toMatchObject({ Parameters: [{ Name: '/cell-1/c/d' }] })
    expect(second.NextToken).toBeUndefined()
  })

  it('refuses what SSM refuses, and by name what it has no model of', async () => {
    const refused = (input: Partial<PutParameterCommandInput>, name: string) => expect(put(input)).rejects.toMatchObject({ name })
    await refused({ Value: 'x'.repeat(4097) }, 'ValidationException')
    await refused({ Name: '/aws/x' }, 'AccessDeniedException')
    await refused({ Name: '/ssm/x' }, 'ValidationException')
    await refused({ Name: 'aws' }, 'ValidationException')
    await refused({ Name: 'a/b' }, 'ValidationException')
    await refused({ Name: 'a b' }, 'ValidationException')
    await refused({ Name: '/a'.repeat(16) }, 'HierarchyLevelLimitExceededException')
    await refused({ Type: undefined }, 'ValidationException')
    await refused({ Overwrite: true, Tags: [] }, 'ValidationException')
    await expect(put({ Policies: '[]' })).rejects.toThrow('Policies')
    const tagging = new AddTagsToResourceCommand({ ResourceType: 'Parameter', ResourceId: Name, Tags: [] })
    await expect(client.send(tagging)).rejects.toThrow('AddTagsToResource')
  })

  it('keeps parameters over a restart, in a file for its owner only', async () => {
    await put()
    expect(createSsm({ ...where, timers: systemTimers, dataDir: dir }).read(Name)).toBe(Value)
    expect(statSync(join(dir, 'parameters.jsonl')).mode & 0o777).toBe(0o600)
  })
})

it('describes what is below a path without its values, page by page', async () => {
  for (const name of ['/cell-1/clusters/a/credentials', '/cell-1/clusters/b/credentials', '/cell-1/other', '/cell-10/clusters/c'])
    await client.send(new PutParameterCommand({ Name: name, Value, Type: 'SecureString' }))
  const ParameterFilters = [{ Key: 'Path', Option: 'Recursive', Values: ['/cell-1/clusters'] }]
  const first = await client.send(new DescribeParametersCommand({ ParameterFilters, MaxResults: 1 }))
  expect(first.Parameters?.map((parameter) => parameter.Name)).toEqual(['/cell-1/clusters/a/credentials'])
  const { NextToken } = first
  const second = await client.send(new DescribeParametersCommand({ ParameterFilters, NextToken }))
  expect(second.Parameters?.map((parameter) => parameter.Name)).toEqual(['/cell-1/clusters/b/credentials'])
  expect(second.NextToken).toBeUndefined()
  expect(JSON.stringify([first, second])).not.toContain(Value)
})
