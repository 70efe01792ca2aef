import { decodedPath } from '../../local/gateway/request-event.ts'
import type { Conforms } from '../support/conformance.ts'
import { ID, texts } from '../support/walk.ts'
import type { Known } from './known.ts'
import type { Received, Sent } from './send.ts'

/** What tenants write themselves, and how their requests were called: ids of others may stand there. */
const WRITTEN = ['name', 'labels', 'description', 'url', 'path', 'user_agent']
/** What the gateway answers of itself has no request id of ours. */
const OF_GATEWAY = new Set([400, 413, 431])

const fromGateway = ({ status, headers, text }: Received): boolean =>
  headers['x-request-id'] === undefined && OF_GATEWAY.has(status) && (text === '' || /^\{"message":"[\w ]+"\}$/.test(text))

const requestText = ({ path, headers, body }: Sent): string => [path, body?.toString('utf8') ?? '', ...Object.values(headers)].join(' ')

/** The ids that an answer tells of and its request did not. */
export function idsTold(sent: Sent, { text, headers }: Received): string[] {
  if (!/json/.test(headers['content-type'] ?? '') || sent.path.startsWith('/openapi')) return []
  const asked = requestText(sent)
  return texts(JSON.parse(text || 'null'), WRITTEN)
    .flatMap((part) => part.match(ID) ?? [])
    .filter((id) => !asked.includes(id))
}

/** What is wrong with the answer to a request, in words. */
export function judge(departs: Conforms, known: Known, sent: Sent, answer: Received): string[] {
  if (fromGateway(answer)) return []
  const asked = requestText(sent)
  const departure = departs(sent.method, decodedPath(sent.path.split('?')[0] ?? ''), answer)
  const secret = answer.status >= 400 && [...known.secrets].some((each) => answer.text.includes(each) && !asked.includes(each))
  const inside = /\n? +at \w+ \(|node_modules|TypeError|DynamoDB|arn:aws/.test(answer.text) && !sent.path.startsWith('/openapi')
  return [
    ...(answer.status >= 500 ? [`answers ${answer.status}: ${answer.text.slice(0, 300)}`] : []),
    ...(departure === undefined ? [] : [departure]),
    ...(secret ? ['tells a secret in a refusal'] : []),
    ...(inside ? [`tells of our insides: ${answer.text.slice(0, 300)}`] : []),
  ]
}
