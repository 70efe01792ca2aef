import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { RegisterTaskDefinitionCommand, RunTaskCommand } from '@aws-sdk/client-ecs'
import { until } from '../../support/until.ts'
import type { ContainerKind } from './container-kinds.ts'
import { startEcs } from './ecs-on-http.ts'
import { runIn } from './given.ts'
import { givenModel } from './given-model.ts'

/** What a kill -9 of the model does to its tasks: nothing. */
export function killContract(kind: ContainerKind): void {
  const { dataDir, definition, startModel, killModel, resume, pids, sleepers, inState } = givenModel(kind)

  it('its containers run on, are adopted, and are heard of when they end', async () => {
    const client = await startModel()
    await client.send(new RegisterTaskDefinitionCommand(definition()))
    await Promise.all(['a', 'b'].map((az) => client.send(new RunTaskCommand(runIn(az, 't')))))
    const before = await sleepers(2)
    await killModel()
    expect(pids()).toEqual(before)

    const second = await resume()
    await until('both run', () => inState(second, 'RUNNING').length === 2 || undefined)
    expect(pids()).toEqual(before)
    const [first] = second.ecs.tasks()
    expect(second.ecs.killTask(first?.arn ?? '')).toBe(true)
    const event = await second.reaches(first?.arn, 'STOPPED')
    const container = kind.name === 'process' ? { reason: expect.stringMatching(/unknown/) } : { exitCode: 137 }
    expect(event.detail).toMatchObject({ stopCode: 'EssentialContainerExited', containers: [container] })
    expect(inState(second, 'RUNNING')).toHaveLength(1)
    client.destroy()
  })

  it('a container that died meanwhile makes its task STOPPED, with an event', async () => {
    const client = await startModel()
    await client.send(new RegisterTaskDefinitionCommand(definition()))
    await client.send(new RunTaskCommand(runIn('a', 't')))
    await sleepers(1)
    await killModel()
    for (const pid of pids()) process.kill(pid, 'SIGKILL')
    const second = await resume()
    const [task] = second.ecs.tasks()
    expect((await second.reaches(task?.arn, 'STOPPED')).detail).toMatchObject({ stoppedReason: 'Essential container in task exited' })
    client.destroy()
  })

  it.each(kind.name === 'process' ? [0, 4, 8, 16, 32] : [0, 60, 150, 300])(
    'no container is lost and none runs twice: killed %i ms into starting six tasks',
    async (delay) => {
      const client = await startModel()
      await client.send(new RegisterTaskDefinitionCommand(definition()))
      const calls = Array.from({ length: 6 }, (_, n) =>
        client.send(new RunTaskCommand(runIn(n % 2 ? 'a' : 'b', 't', { clientToken: `node-${n}` }))).catch(() => undefined),
      )
      await new Promise((resolve) => setTimeout(resolve, delay))
      await killModel()
      await Promise.all(calls)
      client.destroy()

      const second = await resume()
      // The caller asks again with the same tokens, as it never heard.
      await Promise.all(
        calls.map((_, n) => second.client.send(new RunTaskCommand(runIn(n % 2 ? 'a' : 'b', 't', { clientToken: `node-${n}` })))),
      )
      await until('all run', () => second.ecs.tasks().every((task) => task.lastStatus === 'RUNNING') || undefined)
      expect(second.ecs.tasks()).toHaveLength(6)
      await sleepers(6)
      expect(new Set(second.ecs.tasks().map((task) => task.eni?.address)).size).toBe(6)
    },
  )

  it('a task told to run whose container had not even begun is begun again', async () => {
    const first = await resume()
    await first.client.send(new RegisterTaskDefinitionCommand(definition()))
    const { tasks = [] } = await first.client.send(new RunTaskCommand(runIn('a', 't')))
    await first.reaches(tasks[0]?.taskArn, 'RUNNING')
    await first.close()
    await first.ecs.stop('keep')
    const file = join(dataDir(), 'tasks.jsonl')
    const [arn, record] = JSON.parse(readFileSync(file, 'utf8').trim().split('\n').at(-1) ?? '')
    const cutShort = { ...record, paused: false, container: { ...record.container, launch: 7 } }
    writeFileSync(file, `${JSON.stringify([arn, cutShort])}\n`)

    const second = await resume()
    await sleepers(1)
    expect(second.ecs.tasks()).toMatchObject([{ arn, lastStatus: 'RUNNING', container: { launch: 8 } }])
  })

  it('the same data cannot be opened twice', async () => {
    await startModel()
    await expect(startEcs({ dataDir: dataDir(), driver: kind.driver(dataDir()) })).rejects.toThrow(/held by another process/)
    await killModel()
  })
}

/** What a clean stop leaves. */
export function stopContract(kind: ContainerKind): void {
  const { dataDir, definition, resume, end, pids, sleepers } = givenModel(kind)

  it('that keeps brings the same tasks back, at the same addresses with the same directories', async () => {
    const first = await resume()
    await first.client.send(new RegisterTaskDefinitionCommand(definition()))
    const { tasks = [] } = await first.client.send(new RunTaskCommand(runIn('a', 't')))
    await first.reaches(tasks[0]?.taskArn, 'RUNNING')
    const [before] = first.ecs.tasks()
    await sleepers(1)
    await first.close()
    await first.ecs.stop('keep')
    expect(pids()).toEqual([])

    const second = await resume()
    await sleepers(1)
    expect(second.ecs.tasks()).toMatchObject([
      { arn: before?.arn, lastStatus: 'RUNNING', version: before?.version, eni: before?.eni, paused: false, container: { launch: 2 } },
    ])
    expect(readFileSync(join(dataDir(), 'tasks', before?.id ?? '', 'volumes/data/starts'), 'utf8')).toBe('started\nstarted\n')
  })

  it('that ends leaves neither process nor file', async () => {
    const first = await resume()
    await first.client.send(new RegisterTaskDefinitionCommand(definition("trap '' TERM; while :; do sleep 1; done")))
    const { tasks = [] } = await first.client.send(new RunTaskCommand(runIn('a', 't')))
    await first.reaches(tasks[0]?.taskArn, 'RUNNING')
    await end()
    expect(existsSync(dataDir())).toBe(false)
    await until('nothing is left', () => pids().length === 0 || undefined)
  })
}
