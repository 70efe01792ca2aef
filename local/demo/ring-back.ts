import { Connection } from '../../shared/contract/cluster.ts'
import type { Api } from './api.ts'
import { agreement } from './ring-view.ts'
import type { Screen } from './screen.ts'
import { messageOf, Trouble } from './trouble.ts'
import { addressesOf, readRing, type Used, useRing } from './use-ring.ts'

/** Nodes that ended with the machine are replaced at the next look at their ring, which may be a minute away. */
const BACK_WITHIN_MS = 180_000
const POLL_MS = 250

export const connectionOf = (tenant: Api, clusterId: string): Promise<Connection> =>
  tenant.call('GET', `/v1/clusters/${clusterId}/connection`, Connection)

function checked(used: Used): Used {
  if (used.read === used.written) return used
  throw new Trouble(
    `Of ${used.written} keys that were written ${used.read} can be read.`,
    'This must not be; please report it with the log.',
  )
}

/** Writes and reads as the tenant. @throws Trouble when not all came back */
export const tryRing = async (connection: Connection): Promise<Used> => checked(await useRing(connection))

interface Back {
  connection: Connection
  used: Used
}

/** One look: undefined when the ring serves, else what is missing. */
async function look(tenant: Api, clusterId: string, nodes: number, written: boolean): Promise<Back | string> {
  const connection = await connectionOf(tenant, clusterId)
  const endpoints = addressesOf(connection)
  const { answering, agreed } = await agreement(endpoints, connection)
  if (endpoints.length < nodes || answering < nodes) return `${answering} of ${nodes} nodes answer`
  if (!agreed) return `all ${nodes} nodes answer, but do not agree yet`
  try {
    return { connection, used: await (written ? readRing(connection) : useRing(connection)) }
  } catch (error) {
    return `it does not serve yet: ${messageOf(error)}`
  }
}

/**
 * Waits until a ring that was there before serves again: every node answers, all see the same ring, and what was written is there.
 * @param written whether the demo's keys had been written before
 * @throws Trouble past the bound, or when keys are lost
 */
export async function awaitBack(tenant: Api, ring: { id: string; nodes: number; written: boolean }, screen: Screen): Promise<Back> {
  const end = Date.now() + BACK_WITHIN_MS
  try {
    for (;;) {
      const found = await look(tenant, ring.id, ring.nodes, ring.written)
      if (typeof found !== 'string') return { ...found, used: checked(found.used) }
      if (Date.now() > end)
        throw new Trouble(
          `The ring of before has not come back in ${BACK_WITHIN_MS / 1000} s: ${found}.`,
          'Start again to wait on, or begin anew with another directory.',
        )
      screen.status(found)
      await new Promise((resolve) => setTimeout(resolve, POLL_MS))
    }
  } finally {
    screen.status(undefined)
  }
}
