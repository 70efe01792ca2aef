import { ERRORS } from '../errors.ts'

/** docs/errors.md. */
export const errorsPage = (): string => `# Errors

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
