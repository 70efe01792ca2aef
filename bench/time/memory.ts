import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as z from 'zod'
import { api } from '../../local/demo/api.ts'
import { issueKey } from '../../local/demo/platform-key.ts'
import { sideBySide } from '../../shared/platform/side-by-side.ts'
import { ended, OUT, postRing, RING } from '../../test/support/given-cell.ts'
import { mortalCloud } from '../../test/support/mortal-cloud.ts'
import type { Figure } from '../figure.ts'

const RINGS = 20
/** Rings that are made at once. */
const AT_ONCE = 4
const PATIENCE_MS = 300_000
const PAGE_BYTES = 4096

const Named = z.object({ id: z.string() })
const Keyed = z.object({ key: z.string() })

interface Process {
  pid: number
  parent: number
  command: string
  /** Resident memory. */
  megabytes: number
}

/** https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: resident pages are field 24, counted from what is behind the name in brackets. */
function processOf(pid: number): Process[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
    return [{ pid, parent: Number(fields[1]), command, megabytes: (Number(fields[21]) * PAGE_BYTES) / 1e6 }]
  } catch {
    // It ended since it was listed.
    return []
  }
}

/** A process and all below it. */
function family(root: number): Process[] {
  const all = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? processOf(Number(name)) : []))
  const below = (pid: number): Process[] => all.filter(({ parent }) => parent === pid).flatMap((child) => [child, ...below(child.pid)])
  return [...all.filter(({ pid }) => pid === root), ...below(root)]
}

const sum = (processes: Process[]): number => processes.reduce((total, { megabytes }) => total + megabytes, 0)

/** Resident memory of the local cloud's own processes, and of the nodes beside them. */
function used(pid: number): { cloud: number; nodes: number; count: number } {
  const processes = family(pid)
  const nodes = processes.filter(({ command }) => command.includes('valkey-server'))
  return { cloud: sum(processes.filter((process) => !nodes.includes(process))), nodes: sum(nodes), count: nodes.length }
}

/** The local cloud as a process of its own, with nothing in it and with rings. */
export async function memoryFigures(rings = RINGS): Promise<Figure[]> {
  const dataDir = mkdtempSync(join(tmpdir(), 'ringhold-memory-'))
  const running = await mortalCloud(dataDir, OUT)
  try {
    const platform = api(running.apiUrl, await issueKey(running.cloud))
    const { id } = await platform.call('POST', '/v1/tenants', Named, { name: 'bench', quota: { clusters: rings, nodes: rings * 6 } })
    const { key } = await platform.call('POST', `/v1/tenants/${id}/keys`, Keyed, {})
    const tenant = api(running.apiUrl, key)
    const idle = used(running.pid)
    await sideBySide(
      Array.from({ length: rings }),
      async () => {
        const { state } = await ended(tenant, (await postRing(tenant, RING)).operation.id, PATIENCE_MS)
        if (state !== 'succeeded') throw new Error(`a ring ended ${state}`)
      },
      AT_ONCE,
    )
    const full = used(running.pid)
    const note = `${full.count} nodes beside it have ${full.nodes.toFixed(0)} MB`
    return [
      { name: 'resident memory of the local cloud, idle', ours: idle.cloud, unit: 'MB' },
      { name: `the same with ${rings} rings, their nodes not counted`, ours: full.cloud, unit: 'MB', note },
    ]
  } finally {
    await running.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

if (import.meta.main) console.log(await memoryFigures(Number(process.argv[2] ?? RINGS)))
