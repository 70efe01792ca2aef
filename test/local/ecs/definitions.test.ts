import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type GivenEcs, givenEcs, shellTask } from './given.ts'

let given: GivenEcs
beforeAll(async () => {
  given = await givenEcs()
})
afterAll(() => given.stop())

const register = (family: string, more: Parameters<typeof shellTask>[2] = {}) =>
  given.call('RegisterTaskDefinition', shellTask(family, 'true', more))
const arnOf = (family: string, revision: number): string => `arn:aws:ecs:us-east-1:111122223333:task-definition/${family}:${revision}`
const node = { name: 'node', image: 'shell:1' }

describe('a task definition', () => {
  it('gets a revision that no other had before it, not even a deleted one', async () => {
    expect(await register('f')).toMatchObject({ taskDefinition: { taskDefinitionArn: arnOf('f', 1), status: 'ACTIVE' } })
    await given.call('DeregisterTaskDefinition', { taskDefinition: 'f:1' })
    await given.call('DeleteTaskDefinitions', { taskDefinitions: ['f:1'] })
    expect(await register('f')).toMatchObject({ taskDefinition: { revision: 2 } })
  })

  it('is found by family, by revision and by ARN', async () => {
    await register('g')
    await register('g')
    const found = async (taskDefinition: string) => (await given.call('DescribeTaskDefinition', { taskDefinition })).taskDefinition
    expect(await found('g')).toMatchObject({ revision: 2 })
    expect(await found('g:1')).toMatchObject({ revision: 1 })
    expect(await found(arnOf('g', 1))).toMatchObject({ revision: 1 })
    expect(await given.call('DescribeTaskDefinition', { taskDefinition: 'g:9' })).toMatchObject({ __type: 'ClientException' })
  })

  it('tells its family by how its name begins, while one of it is active, page by page', async () => {
    for (const family of ['k-a', 'k-b', 'k-b', 'k-c', 'l']) await register(family)
    await given.call('DeregisterTaskDefinition', { taskDefinition: 'k-c:1' })
    const first = await given.call('ListTaskDefinitionFamilies', { familyPrefix: 'k-', status: 'ACTIVE', maxResults: 1 })
    expect(first).toEqual({ families: ['k-a'], nextToken: expect.any(String) })
    const { nextToken } = first
    expect(await given.call('ListTaskDefinitionFamilies', { familyPrefix: 'k-', status: 'ACTIVE', nextToken })).toEqual({
      families: ['k-b'],
    })
    expect(await given.call('ListTaskDefinitionFamilies', { familyPrefix: 'k-', status: 'ALL' })).toEqual({
      families: ['k-a', 'k-b', 'k-c'],
    })
  })

  it('is listed by the whole name of its family, active ones only, page by page', async () => {
    for (const family of ['h', 'h', 'h', 'h-other']) await register(family)
    await given.call('DeregisterTaskDefinition', { taskDefinition: 'h:2' })
    const first = await given.call('ListTaskDefinitions', { familyPrefix: 'h', maxResults: 1 })
    expect(first).toMatchObject({ taskDefinitionArns: [arnOf('h', 1)], nextToken: expect.any(String) })
    expect(await given.call('ListTaskDefinitions', { familyPrefix: 'h', maxResults: 1, nextToken: first.nextToken })).toEqual({
      taskDefinitionArns: [arnOf('h', 3)],
    })
    expect(await given.call('ListTaskDefinitions', { familyPrefix: 'h', status: 'INACTIVE' })).toEqual({
      taskDefinitionArns: [arnOf('h', 2)],
    })
  })

  it('is deleted only after it was deregistered', async () => {
    await register('i')
    expect(await given.call('DeleteTaskDefinitions', { taskDefinitions: ['i:1'] })).toMatchObject({
      taskDefinitions: [],
      failures: [{ arn: 'i:1' }],
    })
    expect(await given.call('DeregisterTaskDefinition', { taskDefinition: 'i' })).toMatchObject({ message: 'Revision is missing.' })
  })

  it.each<[string, Parameters<typeof shellTask>[2], RegExp]>([
    ['no memory', { memory: undefined, containerDefinitions: [node] }, /'memory'/],
    [
      'secrets and no role to read them',
      { executionRoleArn: undefined, containerDefinitions: [{ ...node, secrets: [{ name: 'A', valueFrom: 'a' }] }] },
      /executionRoleArn/,
    ],
    ['a mount of no volume', { containerDefinitions: [{ ...node, mountPoints: [{ sourceVolume: 'v', containerPath: '/v' }] }] }, /: v/],
    ['another host port', { containerDefinitions: [{ ...node, portMappings: [{ containerPort: 1, hostPort: 2 }] }] }, /must match/],
    ['two containers', { containerDefinitions: [node, { ...node, name: 'b' }] }, /exactly one container/],
    [
      'a health check, which is not modelled',
      { containerDefinitions: [{ ...node, healthCheck: { command: ['CMD', 'true'] } }] },
      /healthCheck/,
    ],
    ['a network mode that is not modelled', { networkMode: 'bridge' }, /networkMode/],
  ])('is refused with %s', async (_what, more, message) => {
    expect(await register('bad', more)).toMatchObject({ __type: expect.any(String), message: expect.stringMatching(message) })
  })
})
