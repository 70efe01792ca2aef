import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateTableCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { GetCommand, PutCommand, QueryCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb'
import { AwsError } from '../../../local/aws/service.ts'
import { startDynamo } from '../../../local/dynamodb/dynamo.ts'
import { throttled, transactionConflict } from '../../../local/dynamodb/faults.ts'
import { startServer } from '../../../local/dynamodb/server.ts'
import { until } from '../../support/until.ts'
import { cellTable, type GivenDynamo, givenDynamo } from './given.ts'

const TableName = 'cell-1'
const put = (given: GivenDynamo, item: object) =>
  given.documents.send(new PutCommand({ TableName, Item: { pk: 'T#1', sk: 'CLUSTER#1', ...item } }))
const get = async (given: GivenDynamo) =>
  (await given.documents.send(new GetCommand({ TableName, Key: { pk: 'T#1', sk: 'CLUSTER#1' } }))).Item
const isAlive = (pid: number): boolean => existsSync(`/proc/${pid}`) && !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))

let dir: string
const running: GivenDynamo[] = []
const given = async (...options: Parameters<typeof givenDynamo>): Promise<GivenDynamo> => {
  const started = await givenDynamo(...options)
  running.push(started)
  return started
}
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'dynamo-'))
})
afterEach(async () => {
  for (const started of running.splice(0)) await started.stop()
  rmSync(dir, { recursive: true })
})

describe('the local DynamoDB', () => {
  it('has the tables, keys and indexes of the template and no others', async () => {
    const dynamo = await given()
    await put(dynamo, { due_pk: 'DUE#1', due_at: '2026-01-01' })
    const due = { TableName, IndexName: 'due', KeyConditionExpression: 'due_pk = :d', ExpressionAttributeValues: { ':d': 'DUE#1' } }
    const { Items } = await dynamo.documents.send(new QueryCommand(due))
    expect(Items).toEqual([{ pk: 'T#1', sk: 'CLUSTER#1', due_pk: 'DUE#1', due_at: '2026-01-01' }])
    await expect(dynamo.documents.send(new GetCommand({ TableName: 'other', Key: { pk: 'a', sk: 'b' } }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    })
    const create = new CreateTableCommand({ TableName: 'other', KeySchema: [], AttributeDefinitions: [] })
    await expect(dynamo.documents.send(create)).rejects.toMatchObject({ message: expect.stringContaining('CreateTable') })
  })

  it('keeps its items over a restart, and refuses data of another template', async () => {
    const first = await givenDynamo({ dataDir: dir })
    await put(first, { name: 'kept' })
    await first.stop()
    const again = await given({ dataDir: dir })
    expect(await get(again)).toMatchObject({ name: 'kept' })
    await again.stop()
    running.pop()
    const table = { ...cellTable, attributes: cellTable.attributes.slice(0, 2), indexes: [] }
    const other = startDynamo({ tables: [table], dataDir: dir, onError: () => undefined })
    await expect(other).rejects.toThrow('start with an empty directory')
  })

  it('calls back after writes that were done, and after no others', async () => {
    const dynamo = await given()
    let writes = 0
    dynamo.dynamo.onWrite(() => {
      writes += 1
    })
    await put(dynamo, {})
    await get(dynamo)
    const refused = new PutCommand({ TableName, Item: { pk: 'T#1', sk: 'CLUSTER#1' }, ConditionExpression: 'attribute_not_exists(pk)' })
    await expect(dynamo.documents.send(refused)).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' })
    expect(writes).toBe(1)
  })

  it('deletes what has expired by a clock that was moved, and tells its readers', async () => {
    const dynamo = await given()
    const now = 1_800_000_000
    await put(dynamo, { expires: now })
    let told = 0
    dynamo.dynamo.onWrite(() => {
      told += 1
    })
    expect([await dynamo.dynamo.expire((now - 1) * 1000), await get(dynamo)]).toMatchObject([0, { expires: now }])
    expect([await dynamo.dynamo.expire(now * 1000), await get(dynamo), told]).toEqual([1, undefined, 1])
  })

  it('answers injected faults as DynamoDB does, and does nothing', async () => {
    const faults: AwsError[] = [throttled(), transactionConflict(), transactionConflict()]
    const dynamo = await given({ faults: { next: (operation) => (operation === 'GetItem' ? undefined : faults.shift()) } })
    await expect(put(dynamo, {})).rejects.toMatchObject({ name: 'ProvisionedThroughputExceededException' })
    const Key = { pk: { S: 'T#1' }, sk: { S: 'CLUSTER#1' } }
    await expect(dynamo.documents.send(new UpdateItemCommand({ TableName, Key }))).rejects.toMatchObject({
      name: 'TransactionConflictException',
    })
    const items = ['CLUSTER#1', 'OP#1'].map((sk) => ({ Put: { TableName, Item: { pk: 'T#1', sk } } }))
    await expect(dynamo.documents.send(new TransactWriteCommand({ TransactItems: items }))).rejects.toMatchObject({
      name: 'TransactionCanceledException',
      CancellationReasons: [{ Code: 'TransactionConflict' }, { Code: 'None' }],
    })
    expect(await get(dynamo)).toBeUndefined()
  })

  it('can lose the answer of a write that was done', async () => {
    const lost = [new AwsError('InternalServerError', 'lost', 500)]
    const dynamo = await given({ faults: { next: () => undefined, lost: () => lost.shift() } })
    await expect(put(dynamo, { name: 'done' })).rejects.toMatchObject({ name: 'InternalServerError' })
    expect(await get(dynamo)).toMatchObject({ name: 'done' })
  })

  it('reports a server that ends by itself', async () => {
    const dynamo = await given({ dataDir: dir })
    process.kill(Number(readFileSync(join(dir, 'dynoxide.pid'), 'utf8').split(' ')[0]), 'SIGKILL')
    await expect(put(dynamo, {})).rejects.toThrow()
    // Its connections end a moment before it is told of.
    await until('it is told', () => dynamo.errors.find((error) => String(error).includes('dynoxide ended (SIGKILL)')))
  })
})

describe('the server process', () => {
  it.each([
    ['it', 1],
    ['its whole process group', -1],
  ])('dies with the process that started it, by a kill -9 of %s', async (_, sign) => {
    const script = `import { startServer } from '${join(import.meta.dirname, '../../../local/dynamodb/server.ts')}'
      console.log((await startServer({ onExit: () => undefined })).pid); setInterval(() => undefined, 1000)`
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    })
    const pid = Number(String(await once(parent.stdout, 'data')))
    expect(isAlive(pid)).toBe(true)
    process.kill(sign * (parent.pid ?? 0), 'SIGKILL')
    while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 5))
  })

  // It lets any page of any site in a browser ask it anything: https://github.com/nubo-db/dynoxide answers every Origin with `*`.
  it('is at an address that nobody can guess', async () => {
    const given = await Promise.all([1, 2].map(() => startServer({ onExit: () => undefined })))
    try {
      expect(new Set(given.map(({ host }) => host)).size).toBe(2)
      for (const { host, port } of given) {
        expect(host).toMatch(/^127\.(12[89]|1[3-9]\d|2\d\d)\.\d+\.\d+$/)
        await expect(fetch(`http://127.0.0.1:${port}`)).rejects.toThrow('fetch failed')
        expect((await fetch(`http://${host}:${port}`)).status).toBeGreaterThan(0)
      }
    } finally {
      await Promise.all(given.map(({ stop }) => stop()))
    }
  })

  it('ends a leftover on the same data first, and leaves alone what only has its pid', async () => {
    const left = spawn('sleep', ['60'], { stdio: 'ignore' })
    const other = spawn('sleep', ['60'], { stdio: 'ignore' })
    const ticks = (pid = 0) => execFileSync('cut', ['-d', ' ', '-f', '22', `/proc/${pid}/stat`], { encoding: 'utf8' }).trim()
    try {
      writeFileSync(join(dir, 'dynoxide.pid'), `${left.pid} ${ticks(left.pid)}\n`)
      await (await startServer({ dataDir: dir, onExit: () => undefined })).stop()
      expect(left.signalCode ?? (await once(left, 'exit'))[1]).toBe('SIGKILL')
      writeFileSync(join(dir, 'dynoxide.pid'), `${other.pid} 1\n`)
      await (await startServer({ dataDir: dir, onExit: () => undefined })).stop()
      expect(isAlive(other.pid ?? 0)).toBe(true)
    } finally {
      left.kill('SIGKILL')
      other.kill('SIGKILL')
    }
  })
})
