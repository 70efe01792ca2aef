import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type GivenEcs, givenEcs, runIn, shellTask } from './given.ts'

let given: GivenEcs
beforeAll(async () => {
  given = await givenEcs()
})
afterAll(() => given.stop())

const answer = (more: Parameters<typeof runIn>[2], az = 'a') => given.call('RunTask', runIn(az, 't', more))

describe('RunTask refuses', () => {
  it.each<[string, Parameters<typeof runIn>[2], string, RegExp]>([
    ['a cluster that is not there', { cluster: 'other' }, 'ClusterNotFoundException', /^Cluster not found\.$/],
    ['a definition that is not there', { taskDefinition: 'none:1' }, 'ClientException', /task definition/],
    [
      'a capacity provider that is not there',
      { capacityProviderStrategy: [{ capacityProvider: 'x' }] },
      'InvalidParameterException',
      /provider 'x'/,
    ],
    [
      'a subnet that is not there',
      { networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-x'] } } },
      'InvalidParameterException',
      /subnet-x/,
    ],
    ['an override for another container', { overrides: { containerOverrides: [{ name: 'x' }] } }, 'InvalidParameterException', /named x/],
    ['less CPU than an eighth of a vCPU', { overrides: { cpu: '64' } }, 'ClientException', /'cpu'/],
    [
      'overrides that are too long',
      { overrides: { containerOverrides: [{ name: 'node', environment: [{ name: 'A', value: 'x'.repeat(8192) }] }] } },
      'InvalidParameterException',
      /8192/,
    ],
    ['what it does not model, by its name', { placementStrategy: [{ type: 'random' }] }, 'ValidationException', /placementStrategy/],
    [
      'a constraint it does not model',
      { placementConstraints: [{ type: 'memberOf', expression: 'x' }] },
      'ValidationException',
      /placementConstraints/,
    ],
    ['a member it does not model', { enableExecuteCommand: true }, 'ValidationException', /enableExecuteCommand/],
    ['a starter with other characters', { startedBy: 'a b' }, 'ValidationException', /startedBy/],
  ])('%s', async (_what, more, code, message) => {
    expect(await answer(more)).toMatchObject({ __type: code, message: expect.stringMatching(message) })
    expect(given.ecs.tasks()).toEqual([])
  })

  it('a subnet in another AZ than the capacity provider, as a failure', async () => {
    const networkConfiguration = { awsvpcConfiguration: { subnets: ['subnet-b'] } }
    expect(await answer({ networkConfiguration })).toEqual({ tasks: [], failures: [{ arn: 'subnet-b', reason: 'LOCATION' }] })
  })

  it('a definition that was deregistered, while its tasks run on', async () => {
    await given.call('RegisterTaskDefinition', shellTask('old', 'true'))
    const { arn } = await given.run(runIn('a', 'old'))
    await given.call('DeregisterTaskDefinition', { taskDefinition: 'old:1' })
    expect(await given.call('RunTask', runIn('a', 'old:1'))).toMatchObject({
      __type: 'ClientException',
      message: 'TaskDefinition is inactive',
    })
    expect(await given.call('DescribeTasks', { cluster: 'cell', tasks: [arn] })).toMatchObject({ tasks: [{ lastStatus: 'RUNNING' }] })
  })
})

describe('a task that runs', () => {
  it('has its size from the override, else from the definition', async () => {
    expect(await given.run(runIn('a', 't', { overrides: { cpu: '256', memory: '512' } }))).toMatchObject({ cpu: 256, memory: 512 })
    expect(await given.run(runIn('a', 't'))).toMatchObject({ cpu: 128, memory: 256, group: 'family:t' })
  })

  it('gets the override over the definition, and where to ask about itself', async () => {
    const containerOverrides = [{ name: 'node', environment: [{ name: 'A', value: '2' }] }]
    await given.run(runIn('b', 't', { overrides: { containerOverrides } }))
    expect(given.driver.started.at(-1)?.plan).toMatchObject({
      argv: ['sh', '-c', 'sleep 100'],
      environment: { A: '2', ECS_CONTAINER_METADATA_URI_V4: expect.stringMatching(/^http:\/\/127\.[\d.]+:\d+\/v4\/[\w-]+$/) },
    })
  })

  it('gets an address that no task had before it', async () => {
    const before = new Set(given.ecs.tasks().map((task) => task.eni?.address))
    const { arn } = await given.run(runIn('b', 't'))
    const address = given.task(arn).eni?.address
    expect(address).toMatch(/^127\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.\d+\.\d+$/)
    expect(before.has(address)).toBe(false)
  })
})
