import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { RegisterTaskDefinitionCommand, RunTaskCommand } from '@aws-sdk/client-ecs'
import type { TaskRecord } from '../../../local/ecs/records.ts'
import type { ContainerKind } from './container-kinds.ts'
import { runIn } from './given.ts'
import { givenModel } from './given-model.ts'
import { FIND_ADDRESS } from './host-network-contract.ts'

/** What the end of the model is to tasks in the network of their host. */
export function hostRestartContract(kind: ContainerKind): void {
  const { dataDir, definition, startModel, killModel, resume, pids, sleepers } = givenModel(kind)
  const shared = () =>
    new RegisterTaskDefinitionCommand({
      ...definition(`${FIND_ADDRESS}echo $address >> ./data/starts; exec sleep 1000`),
      networkMode: 'host',
    })
  const run = () => new RunTaskCommand(runIn('a', 't', { networkConfiguration: undefined }))
  const startsOf = (task: TaskRecord | undefined): string[] =>
    readFileSync(join(dataDir(), 'tasks', task?.id ?? '', 'volumes/data/starts'), 'utf8')
      .trim()
      .split('\n')

  it('a kill -9 moves none: they run on, and who comes to their host is at the same address', async () => {
    const client = await startModel()
    await client.send(shared())
    await client.send(run())
    const before = await sleepers(1)
    await killModel()
    client.destroy()

    const second = await resume()
    expect(pids()).toEqual(before)
    await second.client.send(run())
    await sleepers(2)
    const [first, next] = second.ecs.tasks()
    const address = second.ecs.hosts().find(({ host }) => host.arn === first?.hostArn)?.host.address
    expect([startsOf(first), startsOf(next)]).toEqual([[address], [address]])
  })

  it('a stop that keeps brings them back at the same address', async () => {
    const first = await resume()
    await first.client.send(shared())
    await first.client.send(run())
    await sleepers(1)
    await first.close()
    await first.ecs.stop('keep')

    const second = await resume()
    await sleepers(1)
    const [task] = second.ecs.tasks()
    const [before, after] = startsOf(task)
    expect(before).toMatch(/^\d+\.\d+/)
    expect(after).toBe(before)
  })
}
