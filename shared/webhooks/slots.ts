import * as z from 'zod'
import { isoTime } from '../platform/clock.ts'
import { sk, type TenantId } from '../platform/table.ts'
import { type TableDeps, tableFor } from '../platform/tenant-table.ts'
import { unlessRefused } from '../platform/unless-refused.ts'
import { CLAIM_MS } from './delivery-store.ts'

/** Attempts that one webhook has under way at once, so that a slow receiver does not take up every sender there is. */
export const SLOTS = 5
/** The same for one whose receiver has failed and not answered well since. */
export const SLOTS_OF_FAILING = 2

const KEPT_SECONDS = 86_400
/** `SLOTS#<webhook>`: until when each slot is taken. A sender that died leaves its slot when that has passed. */
const Slots = z.looseObject({})
type Slots = z.infer<typeof Slots>

export interface Slot {
  name: string
  until: string
}

const nameOf = (number: number): string => `slot_${number}`

const takeOne = (deps: TableDeps, tenant: TenantId, webhookId: string, slot: Slot, now: number): Promise<boolean> =>
  tableFor(deps, tenant)
    .update(sk.slots(webhookId), {
      update: 'SET #slot = :until, #expires = :expires',
      condition: 'attribute_not_exists(#slot) OR #slot <= :now',
      names: { '#slot': slot.name, '#expires': 'expires' },
      values: { ':until': slot.until, ':now': isoTime(now), ':expires': Math.floor(now / 1000) + KEPT_SECONDS },
    })
    .then(() => true, unlessRefused)

/** How the slots are by now. */
const look = async (deps: TableDeps, tenant: TenantId, webhookId: string): Promise<Slots> =>
  Slots.parse((await tableFor(deps, tenant).get(sk.slots(webhookId))) ?? {})

async function take(
  deps: TableDeps & { random: () => number },
  tenant: TenantId,
  webhookId: string,
  { most, now, seen }: { most: number; now: number; seen?: Slots },
): Promise<Slot | undefined> {
  let taken = seen ?? (await look(deps, tenant, webhookId))
  // Of those who are after the same slot one gets it: after as many tries there is none left.
  for (let tries = 1; tries <= most; tries += 1) {
    const free = Array.from({ length: most }, (_, number) => nameOf(number)).filter((name) => !(String(taken[name] ?? '') > isoTime(now)))
    const name = free[Math.floor(deps.random() * free.length)]
    if (name === undefined) return undefined
    const slot = { name, until: isoTime(now + CLAIM_MS) }
    if (await takeOne(deps, tenant, webhookId, slot, now)) return slot
    taken = await look(deps, tenant, webhookId)
  }
  return undefined
}

async function leave(deps: TableDeps, tenant: TenantId, webhookId: string, slot: Slot): Promise<void> {
  const mine = { condition: '#slot = :mine', names: { '#slot': slot.name }, values: { ':mine': slot.until } }
  // Refused when it had run out, and is another's by now.
  await tableFor(deps, tenant)
    .update(sk.slots(webhookId), { update: 'REMOVE #slot', ...mine })
    .catch(unlessRefused)
}

/** Who sends to a webhook right now: a bounded number of attempts, whichever processes make them. */
export const slotStore = (deps: TableDeps & { random: () => number }) => ({
  look: (tenant: TenantId, webhookId: string) => look(deps, tenant, webhookId),
  /** Nothing when `most` are taken. */
  take: (tenant: TenantId, webhookId: string, wanted: { most: number; now: number; seen?: Slots }) => take(deps, tenant, webhookId, wanted),
  leave: (tenant: TenantId, webhookId: string, slot: Slot) => leave(deps, tenant, webhookId, slot),
})
