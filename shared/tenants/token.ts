import { createHash, timingSafeEqual } from 'node:crypto'
import { crc32 } from 'node:zlib'
import type { KeyMode } from '../contract/key.ts'

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const SECRET_LENGTH = 30
const CHECK_LENGTH = 6
const KEY_ID_PREFIX = 'key_'

/**
 * `rgh_<live|test>_<26 of the key's id>_<30 secret><6 checksum>`. The checksum is the CRC-32 of all before it in base62, as
 * GitHub's tokens have it (https://github.blog/2021-04-05-behind-githubs-new-authentication-token-formats/): scanners and
 * we tell a fake without asking anybody.
 */
const FORM = /^rgh_(live|test)_([0-9a-hjkmnp-tv-z]{26})_[0-9A-Za-z]{36}$/

function checksum(text: string): string {
  let rest = crc32(text)
  let digits = ''
  while (digits.length < CHECK_LENGTH) {
    digits = BASE62[rest % 62] + digits
    rest = Math.floor(rest / 62)
  }
  return digits
}

function secret(random: (bytes: number) => Uint8Array): string {
  let text = ''
  // 248 is the largest multiple of 62 in a byte: beyond it the first letters would be likelier.
  while (text.length < SECRET_LENGTH) {
    for (const byte of random(SECRET_LENGTH)) if (byte < 248 && text.length < SECRET_LENGTH) text += BASE62[byte % 62]
  }
  return text
}

/** A new key with that id, 178 bits of it secret. */
export function makeToken(mode: KeyMode, keyId: string, random: (bytes: number) => Uint8Array): string {
  const start = `rgh_${mode}_${keyId.slice(KEY_ID_PREFIX.length)}_${secret(random)}`
  return start + checksum(start)
}

/** The id in a key, or undefined when it was never one of ours. */
export function keyIdOf(token: string): string | undefined {
  const [, , id] = FORM.exec(token) ?? []
  if (id === undefined || checksum(token.slice(0, -CHECK_LENGTH)) !== token.slice(-CHECK_LENGTH)) return undefined
  return KEY_ID_PREFIX + id
}

/** What is kept of a key. A slow hash would add nothing: the secret is random, not chosen. */
export const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex')

export function matches(token: string, hash: string): boolean {
  const [seen, kept] = [Buffer.from(hashOf(token)), Buffer.from(hash)]
  return seen.length === kept.length && timingSafeEqual(seen, kept)
}
