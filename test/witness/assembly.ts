import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import * as z from 'zod'
import { type Adapted, adapt, Template } from './adapt.ts'

const Manifest = z.object({
  artifacts: z.record(
    z.string(),
    z.object({
      type: z.string(),
      properties: z.looseObject({ templateFile: z.string().optional() }).optional(),
    }),
  ),
})
interface Stack {
  name: string
  file: string
  template: Template
}

const parsed = async (outDir: string, file: string): Promise<unknown> => JSON.parse(await readFile(join(outDir, file), 'utf8'))

/** The one stack of a cloud assembly, as it was synthesised. */
export async function readStack(outDir: string): Promise<Stack> {
  const { artifacts } = Manifest.parse(await parsed(outDir, 'manifest.json'))
  const [stack, ...others] = Object.entries(artifacts).filter(([, { type }]) => type === 'aws:cloudformation:stack')
  const file = stack?.[1].properties?.templateFile
  if (!stack || !file || others.length > 0) throw new Error(`${outDir} does not hold exactly one stack`)
  return { name: stack[0], file, template: Template.parse(await parsed(outDir, file)) }
}

/** Writes the assembly with the adapted template into a new directory; the assets are those of the first. */
export async function adaptAssembly(outDir: string, into: string): Promise<Adapted & { name: string }> {
  const { name, file, template } = await readStack(outDir)
  const adapted = adapt(template)
  await mkdir(into)
  for (const entry of await readdir(outDir)) if (entry !== file) await symlink(resolve(outDir, entry), join(into, entry))
  await writeFile(join(into, file), JSON.stringify(adapted.template))
  return { ...adapted, name }
}
