import { Stack } from 'aws-cdk-lib'
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam'

/** What stands behind `arn:aws:` for the repositories below `<account>.dkr.ecr.<region>.amazonaws.com/<path>`. */
export function repositories(registry: string): string {
  const [host = '', ...path] = registry.split('/')
  const [account, , , region] = host.split('.')
  return `ecr:${region}:${account}:repository/${[...path, '*'].join('/')}`
}

/** Copies of images, from their repositories in ECR alone. */
export function mayPull(role: Role, registry: string): void {
  const resources = [`arn:${Stack.of(role).partition}:${repositories(registry)}`]
  role.addToPolicy(new PolicyStatement({ actions: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'], resources }))
  // Knows no resource.
  role.addToPolicy(new PolicyStatement({ actions: ['ecr:GetAuthorizationToken'], resources: ['*'] }))
}
