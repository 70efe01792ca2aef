import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as z from 'zod'
import { config } from '../../cdk/configured.ts'

const Template = z.object({
  Resources: z.record(
    z.string(),
    z.object({
      Type: z.string(),
      Properties: z.record(z.string(), z.json()).default({}),
      DeletionPolicy: z.string().optional(),
      DependsOn: z.array(z.string()).default([]),
    }),
  ),
})
export type Resource = z.infer<typeof Template>['Resources'][string] & { id: string }

export interface CellTemplate {
  /** The template as text, to look for what must not be in it. */
  text: string
  resources: Resource[]
  ofType(type: string): Resource[]
}
export interface Synthesised extends CellTemplate {
  directory: string
  remove(): void
}

/** The template of a cell as it was synthesised into a directory. */
export function readCell(directory: string, cell: string = config.cell): CellTemplate {
  const text = readFileSync(join(directory, `${cell}.template.json`), 'utf8')
  const { Resources } = Template.parse(JSON.parse(text))
  const resources = Object.entries(Resources).map(([id, resource]) => ({ id, ...resource }))
  return { text, resources, ofType: (type) => resources.filter(({ Type }) => Type === type) }
}

/** Runs the app as `cdk deploy` and the local cloud do, into a directory of its own. */
export function givenSynthesis(): Synthesised {
  const directory = mkdtempSync(join(tmpdir(), 'ringhold-cdk-'))
  const app = spawnSync(process.execPath, ['cdk/app.ts'], {
    cwd: join(import.meta.dirname, '..', '..'),
    env: { ...process.env, CDK_OUTDIR: directory, CDK_VALIDATION: 'false' },
    encoding: 'utf8',
  })
  if (app.status !== 0) throw new Error(`cdk/app.ts ended with ${app.status}:\n${app.stderr}`)
  return { directory, ...readCell(directory), remove: () => rmSync(directory, { recursive: true }) }
}

/** A value with each `Fn::Join` put together, and what only AWS knows shown as `<logical id>` or `<logical id.attribute>`. */
export function flat(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(flat)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
  const [name, argument] = entries[0] ?? ['', undefined]
  if (entries.length === 1) {
    if (name === 'Ref') return `<${argument}>`
    if (name === 'Fn::GetAtt' && Array.isArray(argument)) return `<${argument.join('.')}>`
    if (name === 'Fn::Join' && Array.isArray(argument) && Array.isArray(argument[1])) return argument[1].map(flat).join(String(argument[0]))
  }
  return Object.fromEntries(entries.map(([key, inner]) => [key, flat(inner)]))
}
