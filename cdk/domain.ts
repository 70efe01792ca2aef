import { CfnOutput } from 'aws-cdk-lib'
import { ApiMapping, DomainName, type HttpApi, type HttpStage, SecurityPolicy } from 'aws-cdk-lib/aws-apigatewayv2'
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager'
import { AaaaRecord, ARecord, HostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53'
import { ApiGatewayv2DomainProperties } from 'aws-cdk-lib/aws-route53-targets'
import type { Construct } from 'constructs'
import type { CellConfig } from './config.ts'

/** The API under a name of the platform team's own; with a hosted zone the name is published too. */
export function customDomain(
  scope: Construct,
  props: { domain: NonNullable<CellConfig['domain']>; httpApi: HttpApi; stage: HttpStage },
): void {
  const { name, certificateArn, hostedZone } = props.domain
  const certificate = Certificate.fromCertificateArn(scope, 'Certificate', certificateArn)
  const domainName = new DomainName(scope, 'DomainName', { domainName: name, certificate, securityPolicy: SecurityPolicy.TLS_1_2 })
  new ApiMapping(scope, 'ApiMapping', { api: props.httpApi, domainName, stage: props.stage })
  const { regionalDomainName, regionalHostedZoneId } = domainName
  if (!hostedZone) {
    new CfnOutput(scope, 'ApiTarget', { value: regionalDomainName, description: `What ${name} has to be an alias (or CNAME) of` })
    return
  }
  const zone = HostedZone.fromHostedZoneAttributes(scope, 'PublicZone', { hostedZoneId: hostedZone.id, zoneName: hostedZone.name })
  const target = RecordTarget.fromAlias(new ApiGatewayv2DomainProperties(regionalDomainName, regionalHostedZoneId))
  new ARecord(scope, 'ApiAddress', { zone, recordName: name, target })
  new AaaaRecord(scope, 'ApiAddress6', { zone, recordName: name, target })
}
