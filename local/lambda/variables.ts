import { devNull } from 'node:os'
import type { FunctionSpec } from '../template/functions.ts'

export interface Surroundings {
  region: string
  /** Where the local cloud answers for AWS. */
  endpointUrl: string
}

/**
 * The environment of a function: what the template says, what Lambda adds
 * (https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html), and where AWS is. The access key names the
 * function, so that a service knows its caller. Nothing of this process's environment or of `~/.aws` comes through.
 */
export const functionVariables = (spec: FunctionSpec, { region, endpointUrl }: Surroundings): Record<string, string> => ({
  AWS_ACCESS_KEY_ID: spec.name,
  AWS_CONFIG_FILE: devNull,
  AWS_DEFAULT_REGION: region,
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_ENDPOINT_URL: endpointUrl,
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(spec.memoryMiB),
  AWS_LAMBDA_FUNCTION_NAME: spec.name,
  AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
  AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
  AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${spec.name}`,
  AWS_LAMBDA_LOG_STREAM_NAME: 'local',
  AWS_REGION: region,
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_SHARED_CREDENTIALS_FILE: devNull,
  LAMBDA_TASK_ROOT: spec.assetDir,
  TZ: ':UTC',
  _HANDLER: spec.handler,
  ...spec.environment,
})
