import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { errorsPage } from '../../../shared/contract/documents/errors-page.ts'
import { ERRORS, type FieldError, refusal } from '../../../shared/contract/errors.ts'
import { errorsOf } from '../../../shared/contract/route-errors.ts'
import { ROUTES } from '../../../shared/contract/routes.ts'

const FILE = join(import.meta.dirname, '../../../docs/errors.md')

const wrong = (pointer: string, code: FieldError['code']): FieldError => ({ in: 'body', pointer, code, detail: pointer })

describe('the list of error codes', () => {
  it('and docs/errors.md say the same: npm run docs', () => {
    expect(readFileSync(FILE, 'utf8')).toBe(errorsPage())
  })

  it('has no code that no route can answer with', () => {
    const possible = new Set([...Object.values(ROUTES).flatMap(errorsOf), 'route_not_found', 'method_not_allowed'])
    expect(Object.keys(ERRORS).filter((code) => !possible.has(code))).toEqual([])
  })
})

describe('a refusal', () => {
  it('has the code that all its reasons share, or says that they differ', () => {
    expect(refusal([wrong('/a', 'unknown_field'), wrong('/b', 'unknown_field')]).code).toBe('unknown_field')
    expect(refusal([wrong('/a', 'unknown_field'), wrong('/b', 'missing_field')]).code).toBe('invalid_request')
  })
})
