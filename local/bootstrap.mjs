// The way into every command, for the Node (>= 20) that is already there: installs what is missing, then runs on the project's own Node 24.
// Plain JavaScript without a dependency, since nothing else may exist yet.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ended, say } from './child.mjs'
import { HELP } from './help.mjs'
import { install } from './install.mjs'

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..')
const NODE_MODULES = join(ROOT, 'node_modules')
const binary = (name) => join(NODE_MODULES, '.bin', name)

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

/** What the programs read that need the template; nobody waits for it who only asks what they take. */
const synthFor = async (node, args) => (args.includes('--help') ? 0 : synth(node))

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
  fuzz: (node, args) => run(node, ['test/fuzz/run.ts', ...args]),
  crash: async (node, args) => (await synthFor(node, args)) || run(node, ['test/crash/run.ts', ...args]),
  witness: async (node, args) => (await synthFor(node, args)) || run(node, ['test/witness/run.ts', ...args]),
  capacity: (node, args) => run(node, ['cdk/capacity/run.ts', ...args]),
  images: (node, args) => run(node, ['cdk/images/run.ts', ...args]),
  docs: async (node) => (await run(node, ['local/docs.ts'])) || run(node, ['test/cdk/golden/write.ts']),
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
if (args.includes('--help') && Object.hasOwn(HELP, name)) {
  process.stdout.write(`${HELP[name]}\n`)
  process.exit(0)
}
await install()
process.exit(await command(findNode(), args))
