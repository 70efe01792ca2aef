import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from '@jest/globals'
import { type GivenEcs, givenEcs, hostGroup, runIn } from './given.ts'

const MINUTE = 60_000
/** Fills a c7g.large. */
const large = runIn('a', 't', { overrides: { memory: '3000' } })

let given: GivenEcs
afterEach(() => given.stop())
const hosts = () => given.ecs.hosts().map(({ host }) => host)
/** Three hosts with a task each, of a group of at least one. */
async function threeHosts(): Promise<string[]> {
  given = await givenEcs({ hostGroups: [hostGroup('a', { min: 1, max: 3 })] })
  for (let n = 0; n < 3; n += 1) await given.run(large)
  await given.timers.advance(300)
  return given.ecs.tasks().map(({ arn }) => arn)
}
const stop = (task: string | undefined) => given.call('StopTask', { cluster: 'cell', task })

describe('a host that is empty', () => {
  it('goes with its disk after 15 minutes, with a word, and never below the minimum', async () => {
    const arns = await threeHosts()
    const disks = hosts().map(({ id }) => join(given.dataDir, 'hosts', id, 'disk'))
    for (const disk of disks) mkdirSync(disk, { recursive: true })
    for (const arn of arns) await stop(arn)
    await given.timers.advance(15 * MINUTE - 1)
    expect(hosts()).toHaveLength(3)
    await given.timers.advance(1)
    expect(hosts()).toHaveLength(1)
    const gone = given.events.filter(({ detail }) => detail.status === 'INACTIVE')
    expect(gone).toHaveLength(2)
    expect(disks.filter((disk) => existsSync(disk))).toEqual([expect.stringContaining(hosts()[0]?.id ?? 'none')])
  })

  it('stays where a task came meanwhile, and begins to wait anew when that ends', async () => {
    const [, , third] = await threeHosts()
    await stop(third)
    await given.timers.advance(10 * MINUTE)
    const next = await given.run(large)
    await given.timers.advance(10 * MINUTE)
    expect(hosts()).toHaveLength(3)
    await stop(next.arn)
    await given.timers.advance(10 * MINUTE)
    expect(hosts()).toHaveLength(3)
    await given.timers.advance(5 * MINUTE)
    expect(hosts()).toHaveLength(2)
    expect(given.ecs.tasks().filter((task) => task.lastStatus === 'RUNNING')).toHaveLength(2)
  })
})
