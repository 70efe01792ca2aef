import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { bundled } from '../../cdk/bundle.ts'
import { withoutMeta } from '../../cdk/undescribed.ts'

const CONTRACT = join(import.meta.dirname, '../../shared/contract')
const files = readdirSync(CONTRACT, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))

describe('a schema without its description', () => {
  it('is the schema that was described', () => {
    expect(withoutMeta("a: z.string().meta({ description: 'x' }),")).toBe('a: z.string(),')
    expect(withoutMeta('z.int()\n  .meta({ examples: [{ a: [1] }], default: f(2) })\n  .optional()')).toBe('z.int()\n  .optional()')
    expect(withoutMeta('z.int().meta({ a: 1 }).min(1).meta({ b: 2 })')).toBe('z.int().min(1)')
  })

  it('whose text has brackets and quotes is found to its end', () => {
    expect(withoutMeta("z.int().meta({ description: 'a ) } it\\'s \"so\"' }).max(1)")).toBe('z.int().max(1)')
  })

  it('that never ends is refused', () => {
    expect(() => withoutMeta('z.int().meta({ a: (1 }')).toThrow('never closed')
  })

  it('is all that is left of every file of the contract', () => {
    for (const file of files) expect(withoutMeta(readFileSync(join(CONTRACT, file), 'utf8'))).not.toContain('.meta({')
  })
})

test('no function carries what only the description says', async () => {
  const [output] = (await bundled({ api: 'functions/api' }, '/nowhere')).files
  const text = Buffer.from(output?.contents ?? []).toString('utf8')
  expect(text).toContain('createCluster')
  expect(text).not.toContain('Grows with every change of what is wanted')
})
