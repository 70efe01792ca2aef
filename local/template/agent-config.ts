import type { AgentConfig } from '../ecs/options.ts'

/** A line `NAME=value` of the agent's configuration, wherever the script writes it. */
const setting = (script: string, name: string): string | undefined => new RegExp(`^\\s*${name}=(.*)$`, 'm').exec(script)?.[1]?.trim()

/** What a script takes from the host's metadata service, by the variable that it puts it into: `ip=$(... /latest/meta-data/local-ipv4)`. */
function isLocalAddress(script: string, variable: string): boolean {
  const assigned = new RegExp(`^\\s*${variable}=\\$\\([^)]*meta-data/local-ipv4\\b`, 'm')
  return assigned.test(script)
}

function attributeValue(script: string, name: string, value: unknown): AgentConfig['attributes'][number] {
  const [, variable] = /^\$\{?(\w+)\}?$/.exec(String(value)) ?? []
  if (variable === undefined) return { name, value: String(value) }
  if (isLocalAddress(script, variable)) return { name, value: { imds: 'local-ipv4' } }
  throw new Error(
    `the local cloud does not know what $${variable} is, which hosts register as ${name}: only an address of meta-data/local-ipv4`,
  )
}

/**
 * What user data writes into /etc/ecs/ecs.config, as far as it shows to a task or through the API.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-config.html
 * @throws for an attribute whose value only the script could tell
 */
export function readAgentConfig(userData: string): AgentConfig {
  const attributes: Record<string, unknown> = JSON.parse(setting(userData, 'ECS_INSTANCE_ATTRIBUTES') ?? '{}')
  return {
    containerMetadata: setting(userData, 'ECS_ENABLE_CONTAINER_METADATA') === 'true',
    attributes: Object.entries(attributes).map(([name, value]) => attributeValue(userData, name, value)),
  }
}
