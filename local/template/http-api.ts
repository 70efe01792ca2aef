import * as z from 'zod'
import { flag, number, type Resource, readProperties } from './resource.ts'

export interface RouteSpec {
  /** As in the template: `GET /v1/things/{id}`, `ANY /{proxy+}` or `$default`. */
  key: string
  functionArn: string
  /** How long the integration may take. */
  timeoutMs: number
}

/** Which web pages may call from a browser, and how. Methods and headers may be `*`, origins may hold one. */
export interface CorsSpec {
  origins: string[]
  methods: string[]
  requestHeaders: string[]
  answerHeaders: string[]
  maxAgeSeconds?: number | undefined
}

export interface HttpApiSpec {
  id: string
  name: string
  cors?: CorsSpec | undefined
  routes: RouteSpec[]
}

const names = z.array(z.string()).default([])
const Cors = z
  .strictObject({
    AllowCredentials: flag.pipe(z.literal(false)).optional(),
    AllowOrigins: names,
    AllowMethods: names,
    AllowHeaders: names,
    ExposeHeaders: names,
    MaxAge: number.optional(),
  })
  .transform(
    (cors): CorsSpec => ({
      origins: cors.AllowOrigins,
      methods: cors.AllowMethods,
      requestHeaders: cors.AllowHeaders,
      answerHeaders: cors.ExposeHeaders,
      maxAgeSeconds: cors.MaxAge,
    }),
  )
const apiReads = { Name: z.string(), ProtocolType: z.literal('HTTP'), CorsConfiguration: Cors.optional() }
const apiIgnores = { Description: 'for people', DisableExecuteApiEndpoint: 'there is only the local endpoint' }
const stageReads = { ApiId: z.string(), StageName: z.literal('$default') }
const stageIgnores = {
  AccessLogSettings: 'requests are not logged twice',
  AutoDeploy: 'the template is the deployment',
  DefaultRouteSettings: 'one machine needs no throttle',
  Description: 'for people',
}
const integrationReads = {
  ApiId: z.string(),
  IntegrationType: z.literal('AWS_PROXY'),
  IntegrationUri: z.string(),
  PayloadFormatVersion: z.literal('2.0'),
  TimeoutInMillis: number.max(30_000).default(30_000),
}
const routeReads = { ApiId: z.string(), AuthorizationType: z.literal('NONE').default('NONE'), RouteKey: z.string(), Target: z.string() }

/** HTTP APIs with their routes. Authorizers, credentials over CORS, custom domains and stages of other names are refused by name. */
export function readHttpApis(resources: Resource[]): HttpApiSpec[] {
  const ofType = (type: string): Resource[] => resources.filter((resource) => resource.type === `AWS::ApiGatewayV2::${type}`)
  const integrations = new Map(
    ofType('Integration').map((resource) => [`integrations/${resource.ref}`, readProperties(resource, integrationReads)]),
  )
  const staged = new Set(ofType('Stage').map((resource) => readProperties(resource, stageReads, stageIgnores).ApiId))
  const routes = ofType('Route').map((resource) => {
    const route = readProperties(resource, routeReads)
    const integration = integrations.get(route.Target)
    if (!integration) throw new Error(`${resource.type} ${resource.logicalId} has the target ${route.Target}, which is no integration`)
    const spec: RouteSpec = { key: route.RouteKey, functionArn: integration.IntegrationUri, timeoutMs: integration.TimeoutInMillis }
    return { apiId: route.ApiId, spec }
  })
  return ofType('Api').map((resource) => {
    const { Name: name, CorsConfiguration: cors } = readProperties(resource, apiReads, apiIgnores)
    const id = resource.ref
    if (!staged.has(id)) throw new Error(`${resource.type} ${resource.logicalId} has no stage, so nobody could call it`)
    return { id, name, ...(cors ? { cors } : {}), routes: routes.filter((route) => route.apiId === id).map((route) => route.spec) }
  })
}
