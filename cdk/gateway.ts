import { RemovalPolicy } from 'aws-cdk-lib'
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway'
import { HttpApi, HttpMethod, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'
import type { CellFunction } from './function.ts'

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

/** The HTTP API in front of the one function that knows the routes; what it does not know, it answers itself, as problem+json. */
export function gateway(scope: Construct, props: { cell: string; api: CellFunction; logRetentionDays: number }): HttpApi {
  const integration = new HttpLambdaIntegration('ApiIntegration', props.api)
  const httpApi = new HttpApi(scope, 'HttpApi', { apiName: props.cell, createDefaultStage: false, defaultIntegration: integration })
  httpApi.addRoutes({ path: '/{proxy+}', methods: [HttpMethod.ANY], integration })
  new HttpStage(scope, 'Stage', {
    httpApi,
    stageName: '$default',
    autoDeploy: true,
    throttle: { rateLimit: 1000, burstLimit: 500 },
    accessLogSettings: {
      destination: new LogGroupLogDestination(
        new LogGroup(scope, 'AccessLogs', {
          // As in workflow.ts: a log service writes here, and past some groups of other names in a region it is refused.
          logGroupName: `/aws/vendedlogs/apis/${props.cell}`,
          retention: props.logRetentionDays,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
      ),
      format: AccessLogFormat.custom(ACCESS_LOG),
    },
  })
  return httpApi
}
