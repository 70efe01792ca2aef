import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'

const script = (name: string) => readFileSync(join(import.meta.dirname, '..', '..', 'cdk', name), 'utf8')
const DAY_MS = 86_400_000

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ringhold-host-'))
  mkdirSync(join(root, 'bin'))
})
afterEach(() => rmSync(root, { recursive: true }))

/** A program on the host's PATH that writes down how it was called. */
function program(name: string, body = ''): void {
  const file = join(root, 'bin', name)
  writeFileSync(file, `#!/bin/sh\necho "${name} $*" >>${join(root, 'calls')}\n${body}\n`)
  chmodSync(file, 0o755)
}
const calls = (): string[] => readFileSync(join(root, 'calls'), 'utf8').trim().split('\n')

const FENCE = {
  RINGHOLD_HOSTS: '10.64.0.0/16',
  RINGHOLD_PEER_PORTS: '17000:30999',
  RINGHOLD_TASK_INTERFACES: 'false',
  RINGHOLD_RESERVED_MIB: '983',
  RINGHOLD_PULL: 'default',
}

describe('the setup of a host', () => {
  /** The script with every path of the machine moved below `root`; one that was missed stops the test before it runs. */
  function moved(): string {
    const text = script('host-setup.sh')
      .replaceAll('http://169.254.169.254/latest/', 'imds:')
      .replaceAll(/(?<![\w.-])\/(?=(etc|mnt|var|dev|usr)\/)/g, `${root}/`)
    const left = text.replaceAll(`${root}/`, '').match(/(?<![\w.-])\/\w+(\/\w+)*/g) ?? []
    expect(left.filter((path) => path !== '/bin/sh' && !path.startsWith('/sys/kernel/mm/'))).toEqual([])
    return text
  }

  /** With programs that do nothing in place of those that change a machine. */
  function setUp(): { status: number | null; stderr: string } {
    for (const directory of ['etc/sysctl.d', 'etc/systemd/system', 'etc/tmpfiles.d', 'etc/ecs', 'dev', 'var/lib'])
      mkdirSync(join(root, directory), { recursive: true })
    const env = { PATH: `${join(root, 'bin')}:${process.env.PATH}`, RINGHOLD_CLUSTER: 'cell-1', ...FENCE }
    return spawnSync('bash', ['--norc', '-c', moved()], { env, encoding: 'utf8' })
  }
  const file = (path: string): string => readFileSync(join(root, path), 'utf8')
  beforeEach(() => {
    for (const name of ['sleep', 'mkfs.xfs', 'mount', 'systemctl', 'sysctl', 'systemd-tmpfiles', 'shutdown']) program(name)
    program('curl', 'case "$*" in *api/token*) echo TOKEN ;; *TOKEN*local-ipv4) echo 10.64.192.7 ;; *) exit 22 ;; esac')
    program('blkid', 'case "$*" in *UUID*) echo 1234-abcd ;; *) exit 2 ;; esac')
  })

  it('makes the disk once, mounts it by its own name, also after a reboot, and then lets the agent join the cell', () => {
    expect(setUp()).toMatchObject({ status: 0, stderr: '' })
    expect(file('etc/fstab').split('\n')[0]).toBe(`UUID=1234-abcd ${root}/mnt/ringhold xfs defaults,noatime,nodev,nosuid,prjquota 0 2`)
    const made = calls()
    expect(made.filter((call) => call.startsWith('mkfs'))).toEqual([`mkfs.xfs ${root}/dev/xvdb`])
    expect(made.filter((call) => call.startsWith('mount'))).toEqual(
      ['/mnt/ringhold', '/var/lib/ringhold', '/var/lib/docker/volumes'].map((path) => `mount ${root}${path}`),
    )
    expect(made.indexOf('systemctl restart docker')).toBeGreaterThan(made.indexOf(`mount ${root}/var/lib/docker/volumes`))
    expect(made.join('\n')).not.toMatch(/shutdown|mask/)
    expect(file('etc/ecs/ecs.config')).toMatch(/^ECS_CLUSTER=cell-1\nECS_AWSVPC_BLOCK_IMDS=true\n/)
    expect(file('etc/ecs/ecs.config')).toContain('ECS_IMAGE_PULL_BEHAVIOR=default\n')
    expect(file('etc/ecs/ecs.config')).toContain('ECS_INSTANCE_ATTRIBUTES={"ringhold.address":"10.64.192.7"}\n')
    expect(file('etc/systemd/system/ringhold-firewall.service')).toMatch(
      /ringhold-firewall 10.64.0.0\/16 17000:30999\n(.*\n)*RequiredBy=ecs.service/,
    )
    expect(JSON.parse(file('etc/docker/daemon.json'))).toMatchObject({ 'log-opts': { 'max-size': '10m', 'max-file': '3' } })
  })

  it('leaves alone a disk that has a file system', () => {
    program('blkid', 'echo 1234-abcd')
    expect(setUp().status).toBe(0)
    expect(calls().filter((call) => call.startsWith('mkfs'))).toEqual([])
  })

  it('keeps the agent off a host that could not be set up, and turns it off', () => {
    program('mount', 'exit 32')
    expect(setUp().status).toBe(32)
    expect(calls().slice(-2)).toEqual(['systemctl mask --now ecs', 'shutdown -h +10'])
    expect(existsSync(join(root, 'etc/ecs/ecs.config'))).toBe(false)
  })
})

describe('what is left of rings on a host', () => {
  const rings = () => join(root, 'rings')
  function ring(name: string, daysAgo: number): void {
    mkdirSync(join(rings(), name, 'node-0'), { recursive: true })
    writeFileSync(join(rings(), name, 'node-0', 'nodes.conf'), '')
    const then = new Date(Date.now() - daysAgo * DAY_MS)
    utimesSync(join(rings(), name), then, then)
  }
  const clean = () =>
    spawnSync('sh', ['-c', script('host-leftovers.sh'), 'sh', rings()], {
      env: { PATH: `${join(root, 'bin')}:${process.env.PATH}` },
      encoding: 'utf8',
    })

  it('goes when no container has had it mounted for a week, and not before', () => {
    program('docker', 'case "$*" in *clu_used*) echo 0123456789ab ;; esac')
    ring('clu_used', 30)
    ring('clu_fresh', 5)
    ring('clu_gone', 8)
    expect(clean()).toMatchObject({ status: 0, stderr: '' })
    expect(readdirSync(rings()).sort()).toEqual(['clu_fresh', 'clu_used'])
    program('docker')
    clean()
    expect(readdirSync(rings()).sort()).toEqual(['clu_fresh', 'clu_used'])
  })

  it('stays when Docker does not answer', () => {
    program('docker', 'exit 1')
    ring('clu_gone', 8)
    expect(clean().status).not.toBe(0)
    expect(readdirSync(rings())).toEqual(['clu_gone'])
  })

  it('may be nothing', () => {
    mkdirSync(rings())
    expect(clean()).toMatchObject({ status: 0, stderr: '' })
  })
})
