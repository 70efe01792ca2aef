/**
 * What every bundle has in place of `@aws-sdk/credential-provider-node` (see cdk/bundle.ts): Lambda hands a role's credentials
 * over in the environment, so that files, single sign-on and metadata servers would be 130 kB that are never asked.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env'
