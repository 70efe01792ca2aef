import { lookupInDns } from '../shared/webhooks/lookup.ts'
import { publicTargets, type TargetPolicy } from '../shared/webhooks/target.ts'

const production = publicTargets(lookupInDns)
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+)$/

const isLoopback = (text: string): boolean => {
  if (!URL.canParse(text)) return false
  const url = new URL(text)
  return /^https?:$/.test(url.protocol) && LOOPBACK.test(url.hostname)
}

/** On one machine a receiver may also be a server on that machine, over http too. Everything else is as strict as deployed. */
const targetPolicy: TargetPolicy = {
  check: (url) => (isLoopback(url) ? undefined : production.check(url)),
  resolve: async (host) => {
    if (!LOOPBACK.test(host)) return production.resolve(host)
    return { addresses: [host === 'localhost' ? '127.0.0.1' : host] }
  },
}

/** Overrides that the local cloud gives to the functions `api` and `deliver`; no product code reads a switch for it. */
export const deps = { targetPolicy }
