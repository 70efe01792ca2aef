// Installs the packages that the lock names, for a checkout that has none, old ones or half of them.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ended, interruption, say } from './child.mjs'

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..')
const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'))

/** Whether node_modules holds what the lock says. npm writes its own copy of the lock there at the end of an install. */
function installed() {
  const witness = join(ROOT, 'node_modules', '.package-lock.json')
  if (!existsSync(witness)) return false
  const present = readJson(witness).packages
  return Object.entries(readJson(join(ROOT, 'package-lock.json')).packages).every(
    // Packages for other platforms are optional, and not there.
    ([path, wanted]) => path === '' || present[path]?.version === wanted.version || (!present[path] && wanted.optional),
  )
}

function npmCi() {
  // Under `npm start` this is npm's own program, so that no other npm is picked up from PATH.
  const npm = process.env.npm_execpath?.endsWith('.js') ? [process.execPath, process.env.npm_execpath] : ['npm']
  const [command, ...before] = npm
  // Development packages are needed whatever NODE_ENV says, and nobody's install script is.
  const args = [...before, 'ci', '--ignore-scripts', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error']
  return ended(spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] }), 'npm')
}

/**
 * Resolves when no other process installs packages here, with what gives that right back. The name is in Linux' abstract space of
 * sockets: it goes with its process, however that ends.
 */
async function turnToInstall() {
  const name = `\0ringhold-install-${createHash('sha256').update(ROOT).digest('hex').slice(0, 32)}`
  for (let told = false; ; told = true) {
    const server = createServer().unref()
    const held = await new Promise((resolve, reject) => {
      server.once('error', (error) => (error.code === 'EADDRINUSE' ? resolve(false) : reject(error)))
      server.listen(name, () => resolve(true))
    })
    if (held) return () => server.close()
    if (!told) say('Another command installs the packages; waiting for it ...')
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

async function tryToInstall() {
  const started = Date.now()
  const seconds = () => Math.round((Date.now() - started) / 1000)
  say('Installing packages (once, about half a minute) ...')
  const progress = setInterval(() => say(`  ... ${seconds()} s`), 10_000)
  try {
    for (let attempt = 1; attempt <= 3; attempt++) {
      const code = await npmCi()
      // What is half installed is seen as such at the next start.
      if (interruption() !== undefined) process.exit(interruption())
      if (code === 0) return say(`Packages installed in ${seconds()} s.`)
      if (attempt < 3) say(`npm ci failed, trying again (${attempt + 1} of 3) ...`)
    }
  } finally {
    clearInterval(progress)
  }
  say('npm ci failed three times; its messages are above. Is the npm registry reachable?')
  process.exit(1)
}

/** Resolves when the packages are there; ends this process when they cannot be had. */
export async function install() {
  if (installed()) return
  const done = await turnToInstall()
  if (!installed()) await tryToInstall()
  done()
}
