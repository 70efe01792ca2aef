import type { HostLimits, Prices } from '../shared/platform/env.ts'
import { type CellConfig, hostMemoryMib } from './config.ts'

/** HOST_LIMITS, as functions/preview parses it. */
export const hostLimitsVariable = ({ hostClasses }: CellConfig): string => {
  const limits: HostLimits = Object.fromEntries(
    hostClasses.map((hostClass) => {
      const { name, maxPerAz, vcpus, network, taskInterfaces } = hostClass
      const interfaces = network === 'own' && taskInterfaces !== undefined ? { interfaces: taskInterfaces } : {}
      return [name, { max_per_az: maxPerAz, cpu_units: vcpus * 1024, memory_mib: hostMemoryMib(hostClass), ...interfaces }]
    }),
  )
  return JSON.stringify(limits)
}

/** PRICES, as functions/api parses it. */
export const pricesVariable = ({ prices: { currency, vcpuHour, gibHour, diskGibMonth } }: CellConfig): string => {
  const prices: Prices = { currency, vcpu_hour: vcpuHour, gib_hour: gibHour, disk_gib_month: diskGibMonth }
  return JSON.stringify(prices)
}

/** PLANS, as functions/api parses it. */
export const plansVariable = ({ plans }: CellConfig): string =>
  JSON.stringify(
    plans.map(({ name, vcpus, memoryMib, requestsPerSecond, ...rest }, i) => ({
      name,
      default: i === 0,
      quota: { ...rest, cpu_units: Math.round(vcpus * 1024), memory_mib: memoryMib, requests_per_second: requestsPerSecond },
    })),
  )

/** ISSUERS, as functions/api parses it. */
export const issuersVariable = ({ issuers = [] }: CellConfig): string =>
  JSON.stringify(
    issuers.map(({ issuer, audience, jwksUri, tenantClaim, scopesClaim, platform = false }) => ({
      ...{ issuer, audience, platform },
      ...(jwksUri === undefined ? {} : { jwks_uri: jwksUri }),
      tenant_claim: tenantClaim,
      scopes_claim: scopesClaim,
    })),
  )
