import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { surface } from '../../../shared/contract/documents/surface.ts'

const FILE = join(import.meta.dirname, '../../../docs/surface.txt')

describe('what clients rely on', () => {
  it('is as docs/surface.txt says: npm run docs, and let somebody look at every line that goes', () => {
    expect(surface()).toBe(readFileSync(FILE, 'utf8'))
  })
})
