import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ERRORS, type FieldError, refusal } from '../../../shared/contract/errors.ts'
import { errorsOf } from '../../../shared/contract/route.ts'
import { ROUTES } from '../../../shared/contract/routes.ts'

const FILE = join(import.meta.dirname, '../../../docs/errors.md')

/** The page as it follows from the list; when this test fails, its diff is the change to make. */
const document = (): string => `# Errors

Every refusal is \`application/problem+json\` (RFC 9457): \`type\`, \`title\`, \`status\`, \`detail\`, \`code\`, \`retryable\`,
\`request_id\`, and \`errors\` where there is something to point at. Program against \`code\`: the list below is closed, and only grows.
\`GET /problems/{code}\` answers one row of it.

Each of \`errors\` has \`in\` (\`body\`, \`query\`, \`path\` or \`header\`), a JSON pointer (RFC 6901) into that, a \`code\` of the same list and a
\`detail\`. When all of them share one code, it is the problem's own; otherwise that is \`invalid_request\`. Some codes bring members of
their own: \`quota_exceeded\` has \`quota\`, \`used\`, \`limit\` and \`requested\`, \`cluster_not_ready\` has \`state\` and \`operation_id\`,
\`secret_shown_once\` has \`key_id\`.

| code | status | same request may succeed later | what it means |
| --- | --- | --- | --- |
${Object.entries(ERRORS)
  .map(([code, { status, title, retryable }]) => `| \`${code}\` | ${status} | ${retryable ? 'yes' : 'no'} | ${title} |`)
  .join('\n')}
`

const wrong = (pointer: string, code: FieldError['code']): FieldError => ({ in: 'body', pointer, code, detail: pointer })

describe('the list of error codes', () => {
  it('and docs/errors.md say the same', () => {
    expect(readFileSync(FILE, 'utf8')).toBe(document())
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
