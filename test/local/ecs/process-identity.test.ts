import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readPidFile, refuseLaunch } from '../../../local/ecs/process-identity.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ringhold-identity-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

test('a launch that a kill cut short before it had a directory is refused like any other', () => {
  const file = join(directory, 'tasks', 'never-made', 'pid.1')
  expect(refuseLaunch(file)).toBe(true)
  expect(readPidFile(file)).toBe('refused')
  expect(refuseLaunch(file)).toBe(false)
})
