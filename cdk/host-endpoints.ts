import { InterfaceVpcEndpointAwsService } from 'aws-cdk-lib/aws-ec2'
import type { CellConfig } from './config.ts'

/**
 * What hosts without a way out reach AWS by: the ECS agent, ECR (its layers come from S3, by the gateway), the credentials of rings and
 * Session Manager. Nothing on a host writes to CloudWatch Logs: what nodes print stays there.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html
 */
export const HOST_ENDPOINTS = {
  Ecs: InterfaceVpcEndpointAwsService.ECS,
  EcsAgent: InterfaceVpcEndpointAwsService.ECS_AGENT,
  EcsTelemetry: InterfaceVpcEndpointAwsService.ECS_TELEMETRY,
  EcrApi: InterfaceVpcEndpointAwsService.ECR,
  EcrDocker: InterfaceVpcEndpointAwsService.ECR_DOCKER,
  Ssm: InterfaceVpcEndpointAwsService.SSM,
  SsmMessages: InterfaceVpcEndpointAwsService.SSM_MESSAGES,
}

/** In each AZ, among the hosts. */
export const endpointsPerZone = ({ egress }: CellConfig): number => (egress === 'endpoints' ? Object.keys(HOST_ENDPOINTS).length : 0)
