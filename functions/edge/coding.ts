import { deflateSync, gzipSync } from 'node:zlib'

/** Ours in the order of liking; `x-gzip` is the same as gzip (RFC 9110, 8.4.1.3). */
const CODERS = { gzip: gzipSync, deflate: deflateSync } as const
export type Coding = keyof typeof CODERS
const CODINGS = ['gzip', 'deflate'] as const satisfies readonly Coding[]

/** Bytes. What is shorter fits a packet or two either way. */
const WORTH_CODING = 1_024

/** How much the client likes each coding it names, 0 to 1: RFC 9110, 12.4.2. What is not of that form says nothing. */
function weightsOf(header: string): Map<string, number> {
  const weights = new Map<string, number>()
  for (const part of header.toLowerCase().split(',')) {
    const [, name, weight = '1'] = /^\s*([^\s;]+)\s*(?:;\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?$/.exec(part) ?? []
    if (name !== undefined) weights.set(name.replace(/^x-/, ''), Number(weight))
  }
  return weights
}

/**
 * The coding that an Accept-Encoding likes best; undefined for none at all, also where it refuses that: an answer that
 * cannot be read by some is better than none (RFC 9110, 12.5.3).
 */
export function codingFor(header: string | undefined): Coding | undefined {
  if (header === undefined) return undefined
  const weights = weightsOf(header)
  const weigh = (coding: string): number => weights.get(coding) ?? weights.get('*') ?? 0
  const [best] = CODINGS.toSorted((a, b) => weigh(b) - weigh(a))
  if (best === undefined || weigh(best) === 0) return undefined
  return (weights.get('identity') ?? 0) > weigh(best) ? undefined : best
}

/** Whether the body is one that goes out in several codings: the answer then varies with what is accepted. */
export const worthCoding = (body: string): boolean => body.length > WORTH_CODING

export const encoded = (body: string, coding: Coding): Buffer => CODERS[coding](body)
