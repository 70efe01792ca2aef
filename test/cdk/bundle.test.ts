import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { bundle } from '../../cdk/bundle.ts'
import { FUNCTION_VARIABLES } from '../../shared/platform/env.ts'
import { functionEnvironment } from './function-environment.ts'

const names = Object.keys(FUNCTION_VARIABLES)
const directory = mkdtempSync(join(tmpdir(), 'ringhold-bundle-'))
let sizes: Record<string, number>
beforeAll(async () => {
  sizes = await bundle(directory)
})
afterAll(() => rmSync(directory, { recursive: true }))

it('each bundle is one file, and the API has its document beside it', () => {
  expect(readdirSync(directory).sort()).toEqual([...names].sort())
  for (const name of names)
    expect(readdirSync(join(directory, name))).toEqual(name === 'api' ? ['index.mjs', 'openapi.json'] : ['index.mjs'])
  expect(JSON.parse(readFileSync(join(directory, 'api', 'openapi.json'), 'utf8'))).toMatchObject({ openapi: '3.1.0' })
})

// As Lambda does: alone, without node_modules, with its own variables and no others.
it.each(Object.entries(FUNCTION_VARIABLES))('%s can be imported from its file', (name, variables) => {
  const file = join(directory, name, 'index.mjs')
  const program = `const { handler, createHandler } = await import(${JSON.stringify(file)}); console.log(typeof handler, typeof createHandler)`
  const env = functionEnvironment(variables)
  const imported = spawnSync(process.execPath, ['--input-type=module', '-e', program], { cwd: directory, env, encoding: 'utf8' })
  expect({ stdout: imported.stdout, stderr: imported.stderr }).toEqual({ stdout: 'function function\n', stderr: '' })
})

it('bundles stay small: a CommonJS build of the SDK or the locales of zod would show', () => {
  // Bytes. The whole EC2 client alone is 560 kB.
  expect(names.filter((name) => (sizes[name] ?? Number.POSITIVE_INFINITY) > 500_000)).toEqual([])
})
