import { idMaker } from '../../../shared/platform/ids.ts'
import type { CellPlan } from '../../../shared/reconcile/deps.ts'
import { taskDefinition } from '../../../shared/reconcile/steps/define-task.ts'
import { newCluster } from '../../support/cluster.ts'
import { describeDocker, givenDocker } from '../../support/docker.ts'
import { until } from '../../support/until.ts'
import { DOCKER } from './container-kinds.ts'
import { givenContainers } from './given-containers.ts'

const OUT_OF_MEMORY = 'OutOfMemoryError: Container killed due to memory usage'
/** Fills memory that no file stands behind. */
const HOG = 'head -c 100m /dev/zero | tail -c 100m'
const SMALL_AND_FAST = { cpu: '1024', memory: '32' }
const CELL: CellPlan = {
  ...{ name: 'cell', ecsCluster: 'cell', executionRoleArn: 'arn:aws:iam::123456789012:role/execution', hostClasses: [], taskSubnets: {} },
  ...{ ringSecurityGroup: 'sg-1', clientCidrs: [], imageRegistry: 'docker.io', zoneName: 'cell.ringhold.internal' },
}

describeDocker("a task's limits", () => {
  const { given, run, stop, stopped, logOf, logged, record } = givenContainers(DOCKER)
  const containers = () => givenDocker().listContainers({ all: true, filters: { label: [`ringhold.directory=${given().dataDir}`] } })

  it('of memory: the kernel ends a container past it, and ECS says why', async () => {
    const task = await stopped(await run('exec awk \'BEGIN { s = "x"; while (1) s = s s }\'', {}, SMALL_AND_FAST))
    expect(task).toMatchObject({
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      containers: [{ exitCode: 137, reason: OUT_OF_MEMORY }],
    })
  })

  // The kernel chooses among all in the container: the child says that it is the one to go.
  it('of memory: a child past it ends alone, and is not the reason of what happens later', async () => {
    const arn = await run(`( echo 1000 > /proc/self/oom_score_adj; ${HOG} ) > /dev/null || echo gone; exec sleep 1000`, {}, SMALL_AND_FAST)
    await logged(arn, /gone/)
    given().ecs.killTask(arn)
    expect(await stopped(arn)).toMatchObject({ containers: [{ exitCode: 137 }] })
    expect((await stopped(arn))?.containers?.[0]?.reason).toBeUndefined()
  })

  async function hostConfig() {
    const [found] = await containers()
    return (
      await givenDocker()
        .getContainer(found?.Id ?? '')
        .inspect()
    ).HostConfig
  }

  it('of memory, processors and processes are hard', async () => {
    const arn = await run('exec sleep 1000')
    await given().reaches(arn, 'RUNNING')
    const MIB = 1024 * 1024
    expect(await hostConfig()).toMatchObject({ Memory: 256 * MIB, MemorySwap: 256 * MIB, NanoCpus: 125_000_000, PidsLimit: 4096 })
  })

  it('of processors are a weight, where the task has no CPU size, and never less than 2', async () => {
    const arn = await run('exec sleep 1000', { cpu: 32 }, { cpu: undefined })
    await given().reaches(arn, 'RUNNING')
    expect(await hostConfig()).toMatchObject({ NanoCpus: 0, CpuShares: 32 })
    given().ecs.killTask(arn)
    await stopped(arn)
    await given().reaches(await run('exec sleep 1000', {}, { cpu: undefined }), 'RUNNING')
    expect(await hostConfig()).toMatchObject({ NanoCpus: 0, CpuShares: 2 })
  })

  it('of rights: it cannot write over what its agent tells it', async () => {
    const arn = await run('echo x > "$ECS_CONTAINER_METADATA_FILE" || echo refused')
    await stopped(arn)
    // One goes to stdout and one to stderr, which may come in either order.
    expect(logOf(arn)).toContain('Read-only file system')
    expect(logOf(arn)).toContain('refused')
  })

  it('of open files: where the Engine may have fewer itself, its own count', async () => {
    const arn = await run('ulimit -H -n', { ulimits: [{ name: 'nofile', softLimit: 1_000_000, hardLimit: 1_000_000 }] })
    expect(await stopped(arn)).toMatchObject({ containers: [{ exitCode: 0 }] })
    expect(logOf(arn)).toMatch(/^(1000000|Docker Engine here is held to less .*\n\d+)\n$/)
  })

  it('of rights: no user but its own, no capability, no root to write to, a volume of its own', async () => {
    const script = `id -u; grep -E '^Cap(Eff|Bnd)' /proc/self/status; touch /x 2>&1; echo $?; touch ./data/x; echo $?`
    const isolated = {
      user: '999',
      readonlyRootFilesystem: true,
      linuxParameters: { capabilities: { drop: ['ALL'] }, initProcessEnabled: true },
      mountPoints: [{ sourceVolume: 'data', containerPath: '/data' }],
    }
    const arn = await run(script, isolated, { volumes: [{ name: 'data' }] })
    await stopped(arn)
    const user = process.getuid?.() === 0 ? 999 : process.getuid?.()
    const words = logOf(arn).split(/\s+/)
    expect(words.slice(0, 5)).toEqual([String(user), 'CapEff:', '0'.repeat(16), 'CapBnd:', '0'.repeat(16)])
    expect(logOf(arn)).toMatch(/Read-only file system\n1\n0\n$/)
  })

  it('of patience: a node that still waits for its directory ends when it is asked to, as the first process of its container', async () => {
    const cluster = newCluster(idMaker(Date.now)('cluster'))
    const [node] = taskDefinition(CELL, { ...cluster, spec: { ...cluster.spec, durability: 'replicated' } }).containerDefinitions ?? []
    const { entryPoint, user, readonlyRootFilesystem, linuxParameters } = node ?? {}
    // From where there is no data directory, and never will be.
    const script = `cd /bin; echo ready\n${node?.command?.[0]}`
    const arn = await run(script, { entryPoint, user, readonlyRootFilesystem, linuxParameters, stopTimeout: 120 })
    await logged(arn, /ready/)
    await stop(arn)
    expect(await stopped(arn)).toMatchObject({ stopCode: 'UserInitiated', containers: [{ exitCode: 143 }] })
  })

  it('a container that somebody removes is told of as killed', async () => {
    const arn = await run('exec sleep 1000')
    await given().reaches(arn, 'RUNNING')
    const [found] = await containers()
    await givenDocker()
      .getContainer(found?.Id ?? '')
      .remove({ force: true })
    expect(await stopped(arn)).toMatchObject({ stopCode: 'EssentialContainerExited', containers: [{ exitCode: 137 }] })
  })

  it('a container is removed with its task', async () => {
    const arn = await run('exit 3')
    await stopped(arn)
    await until('it is removed', async () => (await containers()).length === 0 || undefined)
    expect(record(arn).container.exitCode).toBe(3)
  })
})
