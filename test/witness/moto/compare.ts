import { type Answer, answerOf } from './answer.ts'
import type { Call } from './call.ts'
import type { World } from './worlds.ts'

/** A field of an answer in which the two are not alike. */
export interface Difference {
  call: string
  field: string
  ours: string
  moto: string
}

const ABSENT = '(absent)'

function differences(call: string, ours: Answer, moto: Answer): Difference[] {
  const fields = new Set([...ours.keys(), ...moto.keys()])
  return [...fields].flatMap((field) => {
    const [left, right] = [ours.get(field) ?? ABSENT, moto.get(field) ?? ABSENT]
    return left === right ? [] : [{ call, field, ours: left, moto: right }]
  })
}

export interface Comparison {
  calls: number
  fields: number
  differences: Difference[]
}

/** Sends every call to both, one after the other, and says where their answers differ. */
export async function compare(calls: Call[], ours: World, moto: World): Promise<Comparison> {
  const found: Difference[] = []
  let fields = 0
  for (const { what, send } of calls) {
    const [left, right] = [await answerOf(() => send(ours)), await answerOf(() => send(moto))]
    fields += new Set([...left.keys(), ...right.keys()]).size
    found.push(...differences(what, left, right))
  }
  return { calls: calls.length, fields, differences: found }
}
