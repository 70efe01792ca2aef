// The way into every command, for the Node (>= 20) that is already there: installs what is missing, then runs on the project's own Node 24.
// Plain JavaScript without a dependency, since nothing else may exist yet.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'

const ROOT = join(import.meta.dirname ?? dirname(new URL(import.meta.url).pathname), '..')
const NODE_MODULES = join(ROOT, 'node_modules')
const binary = (name) => join(NODE_MODULES, '.bin', name)
const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'))
const say = (line) => process.stderr.write(`${line}\n`)

/** Whether node_modules holds what the lock says. npm writes its own copy of the lock there at the end of an install. */
function installed() {
  const witness = join(NODE_MODULES, '.package-lock.json')
  if (!existsSync(witness)) return false
  const present = readJson(witness).packages
  return Object.entries(readJson(join(ROOT, 'package-lock.json')).packages).every(
    // Packages for other platforms are optional, and not there.
    ([path, wanted]) => path === '' || present[path]?.version === wanted.version || (!present[path] && wanted.optional),
  )
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP']
const NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 }
/** npm's shell dies of a signal without handing it on, and npm may be killed outright: both are seen by a new parent. */
const PARENT_CHECK_MS = 500

/** The first signal that asked this process to end. */
let interrupted

/** Resolves with a child's exit code, 128 + n after a signal. A signal to us is a signal to it, and so is the end of npm. */
function ended(child, name) {
  const pass = (signal) => {
    interrupted ??= signal
    // A terminal sends Ctrl-C to the whole group: twice would mean "at once" to it.
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
  }
  for (const signal of SIGNALS) process.on(signal, pass)
  const parent = process.ppid
  const watch = setInterval(() => {
    if (process.env.npm_lifecycle_event === undefined || process.ppid === parent) return
    clearInterval(watch)
    pass('SIGTERM')
  }, PARENT_CHECK_MS)
  return new Promise((resolve) => {
    child.on('error', (error) => {
      say(`${name} cannot be started: ${error.message}`)
      resolve(1)
    })
    child.on('exit', (code, signal) => {
      clearInterval(watch)
      for (const each of SIGNALS) process.off(each, pass)
      resolve(code ?? 128 + (NUMBERS[signal] ?? 9))
    })
  })
}

function npmCi() {
  // Under `npm start` this is npm's own program, so that no other npm is picked up from PATH.
  const npm = process.env.npm_execpath?.endsWith('.js') ? [process.execPath, process.env.npm_execpath] : ['npm']
  const [command, ...before] = npm
  // Development packages are needed whatever NODE_ENV says.
  const args = [...before, 'ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error']
  return ended(spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] }), 'npm')
}

async function install() {
  if (installed()) return
  const started = Date.now()
  say('Installing packages (once, about half a minute) ...')
  const progress = setInterval(() => say(`  ... ${Math.round((Date.now() - started) / 1000)} s`), 10_000)
  for (let attempt = 1; attempt <= 3; attempt++) {
    const code = await npmCi()
    if (code === 0) {
      clearInterval(progress)
      return say(`Packages installed in ${Math.round((Date.now() - started) / 1000)} s.`)
    }
    // What is half installed is seen as such at the next start.
    if (interrupted) process.exit(128 + NUMBERS[interrupted])
    if (attempt < 3) say(`npm ci failed, trying again (${attempt + 1} of 3) ...`)
  }
  clearInterval(progress)
  say('npm ci failed three times; its messages are above. Is the npm registry reachable?')
  process.exit(1)
}

/** The Node that runs everything: the one in the lock, else the one that runs this, if it is new enough. */
function findNode() {
  const own = join(NODE_MODULES, `node-${process.platform}-${process.arch}`, 'bin', 'node')
  if (existsSync(own) && spawnSync(own, ['--version']).status === 0) return own
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath
  say(
    `There is no packaged Node 24 for ${process.platform}-${process.arch}, and this is ${process.version}: please run it with Node 24 or newer.`,
  )
  process.exit(1)
}

/** Tools and their children find the same Node first. */
const environment = (node, more = {}) => ({
  ...process.env,
  PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}`,
  ...more,
})

/** Runs in the foreground. */
const run = (node, args, more) => ended(spawn(node, args, { cwd: ROOT, stdio: 'inherit', env: environment(node, more) }), node)

/** The channel tells it when this process is killed. */
const start = (node, args) =>
  ended(
    spawn(node, ['local/start.ts', ...args], { cwd: ROOT, stdio: ['inherit', 'inherit', 'inherit', 'ipc'], env: environment(node) }),
    node,
  )

const CHECKS = {
  types: [binary('tsc'), '-p', '.'],
  'types of cdk': [binary('tsc'), '-p', 'cdk'],
  lint: [binary('biome'), 'check', '--error-on-warnings', '.'],
  arrows: [binary('depcruise'), '--config', '.dependency-cruiser.mjs', 'shared', 'functions', 'cdk', 'local', 'test', 'bench'],
  unused: [binary('knip')],
}

/** One check; prints what it found only when it found something. */
function check(node, name, args) {
  const started = Date.now()
  return new Promise((resolve) => {
    const child = spawn(node, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'], env: environment(node) })
    const output = []
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => output.push(chunk))
    child.on('close', (code) => {
      const seconds = ((Date.now() - started) / 1000).toFixed(1)
      say(`${code === 0 ? 'ok  ' : 'FAIL'} ${name.padEnd(14)} ${seconds} s`)
      if (code !== 0) say(Buffer.concat(output).toString().trimEnd())
      resolve(code === 0 ? 0 : 1)
    })
  })
}

async function checkAll(node) {
  const results = await Promise.all(Object.entries(CHECKS).map(([name, args]) => check(node, name, args)))
  return Math.max(...results)
}

const synth = (node) => run(node, ['cdk/app.ts'], { CDK_OUTDIR: process.env.CDK_OUTDIR ?? 'cdk.out' })

const jest = (node, args) =>
  run(node, ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js', ...args])

/** Everything is run, so that one run tells everything; the worst result is the answer. Jest runs what synth wrote. */
async function test(node, args) {
  const checked = await checkAll(node)
  const synthesised = await synth(node)
  const tested = await jest(node, args)
  return checked || synthesised || tested
}

const COMMANDS = {
  start,
  test,
  bench: (node, args) => run(node, ['bench/run.ts', ...args]),
  check: checkAll,
  synth,
  format: (node) => run(node, [binary('biome'), 'check', '--write', '.']),
  run: (node, args) => run(node, args),
}

const [name, ...args] = process.argv.slice(2)
const command = Object.hasOwn(COMMANDS, name ?? '') ? COMMANDS[name] : undefined
if (!command) {
  say(`usage: node local/bootstrap.mjs <${Object.keys(COMMANDS).join('|')}> [arguments]`)
  process.exit(2)
}
await install()
process.exit(await command(findNode(), args))
