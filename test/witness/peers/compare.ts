import { type Answer, answerOf } from './answer.ts'
import type { Call } from './call.ts'
import { KNOWN, type Known } from './known.ts'
import type { World } from './worlds.ts'

/** A field of an answer in which an emulator is not alike to the model. */
export interface Difference {
  call: string
  field: string
  ours: string
  moto: string
  ministack: string
}

const ABSENT = '(absent)'

export interface Comparison {
  calls: number
  /** Of all answers together. */
  fields: number
  /** In which both emulators are alike to the model. */
  alike: number
  /** In which one of the two is, by which one is not. */
  oneOtherwise: { moto: Difference[]; ministack: Difference[] }
  /** In which neither is, and which known.ts says why. */
  explained: { known: Known; differences: Difference[] }[]
  /** In which neither is, and nobody has said why. */
  unexplained: Difference[]
}

function fieldsOf(call: string, ours: Answer, moto: Answer, ministack: Answer): Difference[] {
  const fields = new Set([...ours.keys(), ...moto.keys(), ...ministack.keys()])
  const in_ = (answer: Answer, field: string): string => answer.get(field) ?? ABSENT
  return [...fields].map((field) => ({ call, field, ours: in_(ours, field), moto: in_(moto, field), ministack: in_(ministack, field) }))
}

const explains = (known: Known, { call, field }: Difference): boolean =>
  known.calls.includes(call) && (known.field === undefined || known.field === field)

/**
 * Sends every call to all three, one after the other. Who is right where an emulator is not alike to the model is said by the
 * other emulator, or else by known.ts with AWS's own words.
 */
export async function compare(calls: Call[], worlds: Record<'ours' | 'moto' | 'ministack', World>): Promise<Comparison> {
  const all: Difference[] = []
  for (const { what, send } of calls) {
    const [ours, moto, ministack] = [
      await answerOf(() => send(worlds.ours)),
      await answerOf(() => send(worlds.moto)),
      await answerOf(() => send(worlds.ministack)),
    ]
    all.push(...fieldsOf(what, ours, moto, ministack))
  }
  const neither = all.filter(({ ours, moto, ministack }) => ours !== moto && ours !== ministack)
  return {
    calls: calls.length,
    fields: all.length,
    alike: all.filter(({ ours, moto, ministack }) => ours === moto && ours === ministack).length,
    oneOtherwise: {
      moto: all.filter(({ ours, moto, ministack }) => ours !== moto && ours === ministack),
      ministack: all.filter(({ ours, moto, ministack }) => ours === moto && ours !== ministack),
    },
    explained: KNOWN.map((known) => ({ known, differences: neither.filter((difference) => explains(known, difference)) })),
    unexplained: neither.filter((difference) => !KNOWN.some((known) => explains(known, difference))),
  }
}
