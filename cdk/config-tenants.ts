import * as z from 'zod'

/**
 * What an account lets through to its HTTP APIs at once by default, and half of what it lets through in a second:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
 */
export const CELL_BURST = 5_000
export const CELL_REQUESTS_PER_SECOND = 5_000

/** As a browser writes it in `Origin` (RFC 6454, 6.2): one that is written otherwise would never match. */
const isOrigin = (text: string): boolean =>
  text === '*' || (/^https?:[^*]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text)

/** Web pages that may call the API from a browser. `*` stands for all. */
export const CorsOrigins = z
  .array(
    z.string().refine(isOrigin, {
      error:
        'an origin is a scheme, a host in lower case and a port only where it is not the usual one, with no slash at its end: https://console.example.com; or * for all',
    }),
  )
  .min(1, 'leave corsOrigins out to let no web page in')
  .refine((origins) => !origins.includes('*') || origins.length === 1, '* stands for every origin: name no others beside it')

/** What tenants pay: by vCPU and hour, by GiB of memory and hour, by GiB of disk and month of 730 hours. */
export const PricesConfig = z.strictObject({
  currency: z.string().regex(/^[A-Z]{3}$/, 'a currency is three letters of ISO 4217: USD'),
  vcpuHour: z.number().min(0),
  gibHour: z.number().min(0),
  diskGibMonth: z.number().min(0),
})

/** What a tenant on the plan may use at once; a limit of its own goes before it. */
const PlanConfig = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]{0,61}[a-z0-9]$/, 'a plan is named in lower-case letters, digits and dashes'),
  clusters: z.int().min(0),
  nodes: z.int().min(0),
  vcpus: z.number().min(0),
  memoryMib: z.int().min(0),
  webhooks: z.int().min(0),
  keys: z.int().min(1, 'a tenant without a key could do nothing: allow at least 1'),
  requestsPerSecond: z
    .int()
    .min(1, 'a tenant needs at least one request a second')
    .max(
      CELL_BURST / 2,
      `a tenant's burst is two seconds' worth, and a cell takes ${CELL_BURST} requests at once: promise at most half of that`,
    ),
})

/** The first is what a tenant gets that is made without naming one. */
export const Plans = z
  .array(PlanConfig)
  .min(1, 'tenants are made on a plan: name at least one')
  .refine((plans) => new Set(plans.map(({ name }) => name)).size === plans.length, 'two plans have one name: give each its own')

const httpsUrl = z.url({ protocol: /^https$/, error: 'issuers and their keys are asked over https only: https://login.example.com' })

/** Whose signed tokens (JWT) are taken beside API keys: RS256, PS256, ES256 or EdDSA. */
const IssuerConfig = z.strictObject({
  /** As the tokens name it in `iss`, to the letter. */
  issuer: httpsUrl,
  /** What the tokens must name in `aud`. */
  audience: z.string().min(1),
  /** Left out: what `<issuer>/.well-known/openid-configuration` says. */
  jwksUri: httpsUrl.optional(),
  /** The claim with the id of the tenant (`ten_...`) that the token acts for. */
  tenantClaim: z.string().min(1),
  /** The claim with what it may: read, write, credentials, admin, in one string with spaces or in a list. */
  scopesClaim: z.string().min(1),
  /** Whether the scope `platform` of this issuer makes a token one of the platform's own, with power over every tenant. */
  platform: z.boolean().optional(),
})

export const Issuers = z
  .array(IssuerConfig)
  .refine(
    (issuers) => new Set(issuers.map(({ issuer }) => issuer)).size === issuers.length,
    'an issuer stands there twice: its tokens would be checked in two ways',
  )
