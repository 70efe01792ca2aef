import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { errorsPage } from '../shared/contract/documents/errors-page.ts'
import { surface } from '../shared/contract/documents/surface.ts'

// `npm run docs`: what is generated from the contract. A test holds the files to it.
const docs = join(import.meta.dirname, '..', 'docs')
writeFileSync(join(docs, 'errors.md'), errorsPage())
writeFileSync(join(docs, 'surface.txt'), surface())
