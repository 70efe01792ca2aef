import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ClusterRecord } from '../../../../shared/clusters/record.ts'
import { containerOf } from '../../../../shared/clusters/ring-of.ts'
import { idMaker } from '../../../../shared/platform/ids.ts'
import type { CellPlan } from '../../../../shared/reconcile/deps.ts'
import { taskDefinition } from '../../../../shared/reconcile/steps/define-task.ts'
import { newCluster } from '../../../support/cluster.ts'

const cell: CellPlan = {
  name: 'cell-of-twenty-chars',
  ecsCluster: 'cell-of-twenty-chars',
  executionRoleArn: 'arn:aws:iam::123456789012:role/execution',
  hostClasses: [],
  taskSubnets: {},
  ringSecurityGroup: 'sg-1',
  clientCidrs: [],
  imageRegistry: 'docker.io',
  zoneName: 'cell-of-twenty-chars.ringhold.internal',
}
const id = idMaker(Date.now)('cluster')
function definitionOf(durability: ClusterRecord['spec']['durability'] = 'replicated') {
  const cluster = newCluster(id)
  const spec = { ...cluster.spec, durability }
  const definition = taskDefinition(cell, { ...cluster, spec })
  const [container, ...others] = definition.containerDefinitions ?? []
  if (!container || others.length > 0) throw new Error('a node is one container')
  return { definition, container, script: container.command?.join('') ?? '', engine: containerOf({ ...cluster, spec }).script }
}

describe('the container of a node', () => {
  test('has nothing to escalate with, and limits', () => {
    const { definition, container } = definitionOf()
    expect(definition).toMatchObject({ networkMode: 'awsvpc', requiresCompatibilities: ['EC2'], memory: '256' })
    expect(definition.cpu).toBeUndefined()
    expect(definition.taskRoleArn).toBeUndefined()
    expect(container).toMatchObject({
      cpu: 32,
      user: '999',
      readonlyRootFilesystem: true,
      ulimits: [{ name: 'nofile' }],
    })
    // No init either: it would keep the environment that it was started with, and the passwords in it.
    expect(container.linuxParameters).toEqual({ capabilities: { drop: ['ALL'] } })
    // A limit on a user's processes would be one for all tenants of a host.
    expect(container.ulimits?.map((limit) => limit.name)).not.toContain('nproc')
  })

  test('comes from Docker Hub, or from where copies of its image are', () => {
    expect(definitionOf().container.image).toMatch(/^valkey\/valkey:|^redis:/)
    const registry = '123456789012.dkr.ecr.us-east-1.amazonaws.com/ringhold'
    const copied = taskDefinition({ ...cell, imageRegistry: registry }, newCluster(id)).containerDefinitions?.[0]?.image
    expect(copied).toBe(`${registry}/${definitionOf().container.image}`)
  })

  test('knows its passwords by reference only', () => {
    const { definition, container } = definitionOf()
    expect(container.secrets).toEqual([{ name: 'RINGHOLD_CREDENTIALS', valueFrom: `/cell-of-twenty-chars/clusters/${id}/credentials` }])
    expect(container.environment).toBeUndefined()
    // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html: a definition has at most 64 KB.
    expect(JSON.stringify(definition).length).toBeLessThan(32_768)
  })

  test('keeps its data on the host, or in a volume that goes with it', () => {
    expect(definitionOf('replicated').definition.volumes).toEqual([{ name: 'data', host: { sourcePath: `/var/lib/ringhold/${id}` } }])
    expect(definitionOf('cache').definition.volumes).toEqual([{ name: 'data' }])
  })
})

describe('a directory of the host', () => {
  let root: string
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'ringhold-task-'))
  })
  afterEach(() => rmSync(root, { recursive: true }))

  test('is waited for until it can be written to, and a volume is not', async () => {
    const cache = definitionOf('cache')
    expect(cache.script).toMatch(/^trap .+\n/)
    expect(cache.script.slice(cache.script.indexOf('\n') + 1)).toBe(cache.engine)
    const { script, engine } = definitionOf('replicated')
    expect(script.endsWith(engine)).toBe(true)
    const waiting = script.slice(0, -engine.length)
    const shell = spawn('sh', ['-c', `set -eu\n${waiting}echo ready`], { cwd: root })
    const said: string[] = []
    shell.stdout.on('data', (chunk: Buffer) => said.push(String(chunk)))
    await new Promise((resolve) => setTimeout(resolve, 150))
    expect([said, shell.exitCode]).toEqual([[], null])
    mkdirSync(join(root, 'data'))
    await once(shell, 'close')
    expect([said.join(''), shell.exitCode]).toEqual(['ready\n', 0])
  })
})
