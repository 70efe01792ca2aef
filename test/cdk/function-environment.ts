import { config } from '../../cdk/configured.ts'
import { issuersVariable, plansVariable } from '../../cdk/variables.ts'

const VALUES: Partial<Record<string, string>> = {
  TASK_SUBNETS: '{"us-east-1a":"subnet-1"}',
  HOST_CLASSES: '[{"name":"small","max_node_memory_mib":1024,"network":"own","capacity_providers":{"us-east-1a":"small-1a"}}]',
  HOST_LIMITS: '{"small":{"max_per_az":2,"cpu_units":8192,"memory_mib":15072,"interfaces":40}}',
  PRICES: '{"currency":"USD","vcpu_hour":0.03,"gib_hour":0.004,"disk_gib_month":0.08}',
  PLANS: plansVariable(config),
  ISSUERS: issuersVariable(config),
  DEFINITION_RATE: '{"burst":20,"interval_ms":1000}',
  CLIENT_CIDRS: '["10.0.0.0/8"]',
  OPERATION_TIMEOUT_SECONDS: '900',
  DELIVERY_QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/123456789012/cell-1-deliveries',
}

/** What Lambda would set for a function with these variables, which are all there are. */
export const functionEnvironment = (variables: readonly string[]): Record<string, string> => ({
  AWS_REGION: 'us-east-1',
  ...Object.fromEntries(variables.map((key) => [key, VALUES[key] ?? 'x'])),
})
