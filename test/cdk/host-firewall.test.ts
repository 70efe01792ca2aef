import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'

const SCRIPT = join(import.meta.dirname, '..', '..', 'cdk', 'host-firewall.sh')
const has = (program: string): boolean => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0
const missing = ['unshare', 'iptables', 'ip6tables', 'setpriv', 'ip', 'python3'].filter((program) => !has(program))
const reason = process.getuid?.() !== 0 ? 'not root' : missing.length > 0 ? `no ${missing.join(', ')}` : undefined
const title = reason === undefined ? 'the firewall of a host' : `the firewall of a host (skipped: ${reason})`

/** Listens at the host's address on every port that is asked for, then says whether user 999 and root get there. */
const KNOCKS = `
import os, socket, sys
def at(family, host, port):
    with socket.socket(family, socket.SOCK_STREAM) as s:
        s.settimeout(2)
        try:
            s.connect((host, port))
            return 'in'
        except OSError:
            return 'refused'
listeners = []
PLACES = [(socket.AF_INET, '10.64.0.5', p) for p in (17000, 30999, 10000, 51678)]
PLACES += [(socket.AF_INET, '169.254.169.254', 80), (socket.AF_INET, '127.0.0.1', 51678), (socket.AF_INET, '198.51.100.7', 17000), (socket.AF_INET6, '::1', 17000)]
for family, host, port in PLACES:
    s = socket.socket(family, socket.SOCK_STREAM); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind((host, port)); s.listen(); listeners.append(s)
print('root', *[at(*p) for p in PLACES])
# Whoever comes to a node is answered: its own socket, made as 999, takes a connection of root's.
r, w = os.pipe()
if os.fork() == 0:
    os.setgid(999); os.setuid(999)
    print('node', *[at(*p) for p in PLACES], flush=True)
    s = socket.socket(); s.bind(('10.64.0.5', 10001)); s.listen(); os.write(w, b'x')
    c, _ = s.accept(); c.sendall(b'PONG'); c.close(); os._exit(0)
os.read(r, 1)
c = socket.create_connection(('10.64.0.5', 10001), 2)
print('client', c.recv(4).decode())
os.wait()
`

/** In a network of its own: nothing of this machine is reached or changed. */
function onAHost(): { status: number | null; stdout: string; stderr: string } {
  const addresses = ['10.64.0.5/16', '169.254.169.254/32', '198.51.100.7/32'].map((address) => `ip addr add ${address} dev lo`)
  const firewall = `sh ${SCRIPT} 10.64.0.0/16 17000:30999`
  const commands = ['set -e', 'ip link set lo up', ...addresses, firewall, firewall, 'python3 -c "$KNOCKS"']
  return spawnSync('unshare', ['--net', 'sh', '-c', commands.join('\n')], { env: { ...process.env, KNOCKS }, encoding: 'utf8' })
}

describe(title, () => {
  const test = reason === undefined ? it : it.skip
  test('lets nodes begin nothing but what they have for each other, and answer who comes to them', () => {
    const { status, stdout, stderr } = onAHost()
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout.trim().split('\n')).toEqual([
      'root in in in in in in in in',
      'node in in refused refused refused refused refused refused',
      'client PONG',
    ])
  })
})
