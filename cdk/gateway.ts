import { Duration } from 'aws-cdk-lib'
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway'
import {
  CorsHttpMethod,
  type CorsPreflightOptions,
  HttpApi,
  HttpMethod,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'
import { ROUTES } from '../shared/contract/routes.ts'
import type { CellConfig } from './config.ts'
import { CELL_BURST, CELL_REQUESTS_PER_SECOND } from './config-tenants.ts'
import { customDomain } from './domain.ts'
import type { LogSettings } from './log-settings.ts'

/** What an access log tells: who waited how long for what, and never a header, which may hold a key. */
const ACCESS_LOG = JSON.stringify({
  request_id: '$context.requestId',
  time: '$context.requestTime',
  method: '$context.httpMethod',
  path: '$context.path',
  status: '$context.status',
  ms: '$context.responseLatency',
  source_ip: '$context.identity.sourceIp',
  error: '$context.integrationErrorMessage',
})

/** What a page may send beside what every page may. */
const CORS_REQUEST_HEADERS = ['authorization', 'content-type', 'idempotency-key', 'if-match', 'if-none-match', 'prefer']
/** What a page may read beside what every page may: https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name */
const CORS_ANSWER_HEADERS = [
  ...['allow', 'etag', 'idempotent-replayed', 'location', 'operation-location', 'preference-applied'],
  ...['ratelimit', 'ratelimit-policy', 'retry-after', 'www-authenticate', 'x-request-id'],
]

/** Keys are sent by the page itself, so that no cookie and no stored password needs to come along. */
function cors(origins: string[]): CorsPreflightOptions {
  const methods = new Set(['HEAD', ...Object.values(ROUTES).map(({ method }) => method)])
  return {
    allowOrigins: origins,
    allowMethods: Object.values(CorsHttpMethod).filter((method) => methods.has(method)),
    allowHeaders: CORS_REQUEST_HEADERS,
    exposeHeaders: CORS_ANSWER_HEADERS,
    maxAge: Duration.hours(1),
  }
}

/** The HTTP API in front of the one function that knows the routes, and answers what it does not know as problem+json. */
export function gateway(scope: Construct, props: { config: CellConfig; api: IFunction; logs: LogSettings }): HttpApi {
  const { cell, corsOrigins, domain } = props.config
  const integration = new HttpLambdaIntegration('ApiIntegration', props.api)
  const httpApi = new HttpApi(scope, 'HttpApi', {
    apiName: cell,
    createDefaultStage: false,
    defaultIntegration: integration,
    ...(corsOrigins ? { corsPreflight: cors(corsOrigins) } : {}),
  })
  httpApi.addRoutes({ path: '/{proxy+}', methods: [HttpMethod.ANY], integration })
  const stage = new HttpStage(scope, 'Stage', {
    httpApi,
    stageName: '$default',
    autoDeploy: true,
    throttle: { rateLimit: CELL_REQUESTS_PER_SECOND, burstLimit: CELL_BURST },
    accessLogSettings: {
      destination: new LogGroupLogDestination(
        new LogGroup(scope, 'AccessLogs', {
          // As in workflow.ts: a log service writes here, and past some groups of other names in a region it is refused.
          logGroupName: `/aws/vendedlogs/apis/${cell}`,
          ...props.logs,
        }),
      ),
      format: AccessLogFormat.custom(ACCESS_LOG),
    },
  })
  if (domain) customDomain(scope, { domain, httpApi, stage })
  return httpApi
}
