import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** A process for sure: a pid alone may be given to another one later, also after a reboot. */
export interface ProcessIdentity {
  bootId: string
  pid: number
  /** Clock ticks from boot to its start: field 22 of /proc/<pid>/stat, https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
  startTicks: string
}

/** What the launch's pid file says: nothing yet, that it may never start, or who it is. */
export type PidFile = 'missing' | 'empty' | 'refused' | ProcessIdentity

const REFUSED = 'refused'

/**
 * The first words of every launch, before it becomes the container's own program. The pid file is made exclusively: where
 * one is already, somebody gave this launch up, and it must not run. Arguments: pid file, limit of open files or 0, the program and its arguments.
 */
export const START_SCRIPT = `set -C
read -r boot < /proc/sys/kernel/random/boot_id
read -r stat < /proc/self/stat
printf '%s %s\\n' "$boot" "$stat" > "$1" || exit 125
if [ "$2" -gt 0 ] && ! ulimit -S -n "$2" 2>/dev/null; then
  echo "this machine allows $(ulimit -H -n) open files, not the $2 that the task definition sets" >&2
  ulimit -S -n "$(ulimit -H -n)"
fi
shift 2
exec "$@"`

/**
 * Ends every launch below the directory $1, with its process group. A launch is known by its pid file, and for sure by where it works: environment
 * and command line are no proof, since servers write their title over both.
 */
export const END_SCRIPT = `find "$1" -path '*/tasks/*/pid.*' | while read -r file; do
  read -r boot pid stat < "$file"
  case "$(readlink "/proc/$pid/cwd")" in "$1"/*) kill -s KILL -- "-$pid" ;; esac
done`

const bootId = (): string => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()

/** Fields of a stat line from the third on: the second, the name in brackets, may hold anything. */
function parseStat(line: string): { pid: number; state: string; startTicks: string } {
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ')
  return { pid: Number.parseInt(line, 10), state: fields[0] ?? '', startTicks: fields[19] ?? '' }
}

const errorCode = (error: unknown): unknown => (Error.isError(error) && 'code' in error ? error.code : undefined)

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    // ESRCH: the process went away between open and read.
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ESRCH') return undefined
    throw error
  }
}

export function readPidFile(file: string): PidFile {
  const text = readIfThere(file)
  if (text === undefined) return 'missing'
  if (!text.endsWith('\n')) return 'empty'
  if (text.trim() === REFUSED) return 'refused'
  const space = text.indexOf(' ')
  const { pid, startTicks } = parseStat(text.slice(space + 1).trimEnd())
  return { bootId: text.slice(0, space), pid, startTicks }
}

/** Of this very process. */
export function ownIdentity(): ProcessIdentity {
  const { pid, startTicks } = parseStat(readFileSync('/proc/self/stat', 'utf8'))
  return { bootId: bootId(), pid, startTicks }
}

/** Makes the pid file first, so that a late starter refuses to run. @returns false when it was there after all */
export function refuseLaunch(file: string): boolean {
  // A kill may have come before the launch had a directory: then it was never started.
  mkdirSync(dirname(file), { recursive: true })
  try {
    const fd = openSync(file, 'wx')
    writeFileSync(fd, `${REFUSED}\n`)
    closeSync(fd)
    return true
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false
    throw error
  }
}

/** A zombie is dead: only its parent, which may be gone too, has not looked. */
export function isAlive(identity: ProcessIdentity): boolean {
  const line = readIfThere(`/proc/${identity.pid}/stat`)
  if (line === undefined) return false
  const { state, startTicks } = parseStat(line)
  return state !== 'Z' && state !== 'X' && startTicks === identity.startTicks && identity.bootId === bootId()
}
