import { Credentials } from './engine.ts'

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const LENGTH = 32
const USERS = ['control', 'replication', 'tenant'] as const

export type RandomBytes = (bytes: number) => Uint8Array

/** 32 letters and digits, 190 bits: safe unquoted in a shell, a URI and an engine's configuration. */
function password(random: RandomBytes): string {
  let text = ''
  // 248 is the largest multiple of 62 in a byte: taking the rest modulo 62 beyond it would favour the first letters.
  while (text.length < LENGTH) for (const byte of random(LENGTH)) if (byte < 248 && text.length < LENGTH) text += BASE62[byte % 62]
  return text
}

/** New credentials for one cluster; the next of each pair exists from day one. */
export function generateCredentials(random: RandomBytes): Credentials {
  const pair = () => ({ current: password(random), next: password(random) })
  return { control: pair(), replication: pair(), tenant: pair() }
}

/** One line, as it is kept in the parameter and given to every node: `control=<current>,<next> replication=... tenant=... certificate=... key=...` */
export const renderCredentials = (credentials: Credentials): string =>
  [
    ...USERS.map((user) => `${user}=${credentials[user].current},${credentials[user].next}`),
    ...(credentials.tls ? [`certificate=${credentials.tls.certificate}`, `key=${credentials.tls.key}`] : []),
  ].join(' ')

/** The reverse; throws without showing the value when it is not such a line. */
export function parseCredentials(line: string): Credentials {
  // What follows the first `=` may have others: base64 ends in them.
  const words = new Map(line.split(' ').map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]))
  const pairs = USERS.map((user) => {
    const [current, next] = words.get(user)?.split(',') ?? []
    return [user, { current, next }]
  })
  const [certificate, key] = [words.get('certificate'), words.get('key')]
  const tls = certificate === undefined && key === undefined ? {} : { tls: { certificate, key } }
  const parsed = Credentials.safeParse({ ...Object.fromEntries(pairs), ...tls })
  if (!parsed.success) throw new Error('the credentials parameter is not of the form control=a,b replication=c,d tenant=e,f')
  return parsed.data
}
