import { ServiceException } from './service-exception.ts'

/** An answer by its paths: one text for every leaf, alike wherever it is made anew each time. */
export type Answer = Map<string, string>

/** Made anew for each: only that they are there is compared. */
const MADE = new Set([
  ...['AccessKeyId', 'SecretAccessKey', 'SessionToken', 'AssumedRoleId', 'GroupId', 'groupId', 'VpcId', 'SecurityGroupRuleId'],
  ...['SecurityGroupArn', 'SecurityGroupRuleArn', 'MessageId', 'ReceiptHandle', 'Id', 'HostedZoneId'],
])
const ID = /\b(?:sg|vpc|sgr)-[0-9a-f]+\b/g

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

function leaves(value: unknown, path: string, into: Answer): void {
  const field = path.split('.').at(-1) ?? ''
  if (value === undefined) return
  if (value instanceof Date) into.set(path, '<date>')
  else if (Array.isArray(value)) {
    // An empty list and none are the same to the SDK's callers.
    const sorted = value.every(isRecord) ? value.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) : value
    sorted.forEach((each, i) => {
      leaves(each, `${path}.${i}`, into)
    })
  } else if (isRecord(value)) for (const [key, each] of Object.entries(value)) leaves(each, path === '' ? key : `${path}.${key}`, into)
  else into.set(path, MADE.has(field) ? '<made>' : String(value).replaceAll(ID, '<id>'))
}

/** What a call came to: its output, or the name and status of its error with what else the error carries. */
export async function answerOf(send: () => Promise<unknown>): Promise<Answer> {
  const answer: Answer = new Map()
  try {
    const output = await send()
    if (isRecord(output)) {
      const { $metadata: _metadata, ...rest } = output
      leaves(rest, '', answer)
    }
  } catch (error) {
    const known = ServiceException.safeParse(error)
    if (!known.success) throw error
    const { name, $metadata, CancellationReasons, Item } = known.data
    answer.set('error', name)
    answer.set('status', String($metadata.httpStatusCode))
    leaves(
      {
        ...(Item ? { Item } : {}),
        CancellationReasons: CancellationReasons?.map(({ Code, Item: item }) => ({ Code, ...(item ? { Item: item } : {}) })),
      },
      '',
      answer,
    )
  }
  return answer
}
