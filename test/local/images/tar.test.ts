import { spawnSync } from 'node:child_process'
import { tar } from '../../../local/images/tar.ts'

const MEMBERS = [
  { path: './data/', mode: 0o755, owner: 999 },
  { path: './bin/busybox', mode: 0o755, content: Buffer.from('x'.repeat(700)) },
  { path: './bin/sh', mode: 0o777, link: 'busybox' },
  { path: './empty', mode: 0o644, content: Buffer.alloc(0) },
]

describe('an archive', () => {
  it('is what tar reads: kinds, modes, owners, sizes, links', () => {
    const { stdout, status } = spawnSync('tar', ['-tv', '--numeric-owner'], { input: tar(MEMBERS) })
    const lines = stdout.toString().trim().split('\n')
    expect(status).toBe(0)
    expect(lines.map((line) => line.replaceAll(/\s+/g, ' ').replace(/ 1970-01-01 \d\d:\d\d/, ''))).toEqual([
      'drwxr-xr-x 999/999 0 ./data/',
      '-rwxr-xr-x 0/0 700 ./bin/busybox',
      'lrwxrwxrwx 0/0 0 ./bin/sh -> busybox',
      '-rw-r--r-- 0/0 0 ./empty',
    ])
  })

  it('has its contents, and the same bytes for the same members', () => {
    const { stdout } = spawnSync('tar', ['-xO', './bin/busybox'], { input: tar(MEMBERS) })
    expect(stdout.toString()).toBe('x'.repeat(700))
    expect(tar(MEMBERS).equals(tar(MEMBERS))).toBe(true)
  })

  it('refuses a path that its format cannot hold', () => {
    expect(() => tar([{ path: 'x'.repeat(101), mode: 0o644 }])).toThrow(/too long/)
  })
})
