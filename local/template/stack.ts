import type { RawResource, RawStack } from './assembly.ts'
import { type Identity, identify } from './identity.ts'
import { createResolver, NO_VALUE } from './intrinsics.ts'
import type { Resource } from './resource.ts'

export interface Place {
  account: string
  region: string
  endpointUrl: string
}

/** One stack of a cloud assembly, its references answered as if it were deployed. */
export interface Stack {
  name: string
  resources: Resource[]
  outputs(): Record<string, unknown>
  exports(): Map<string, () => unknown>
}

/**
 * Three, because that is what every region gives at least: a template that relies on more would not deploy everywhere.
 * https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html
 */
const availabilityZones = (region: string): string[] => ['a', 'b', 'c'].map((letter) => `${region}${letter}`)

const pseudoParameters = (stack: RawStack, place: Place): Record<string, unknown> => ({
  'AWS::AccountId': place.account,
  'AWS::NoValue': NO_VALUE,
  'AWS::Partition': 'aws',
  'AWS::Region': place.region,
  'AWS::StackId': `arn:aws:cloudformation:${place.region}:${place.account}:stack/${stack.name}/local`,
  'AWS::StackName': stack.name,
  'AWS::URLSuffix': 'amazonaws.com',
})

function parameter(raw: RawStack, name: string): unknown {
  const found = raw.template.Parameters[name]
  if (found === undefined) throw new Error(`${name} is neither a resource nor a parameter of stack ${raw.id}`)
  if (found.Default === undefined) throw new Error(`parameter ${name} of stack ${raw.id} has no default`)
  // AWS reads these when it deploys. Nothing local boots an image, so the reference stands for itself.
  return found.Type.startsWith('AWS::SSM::Parameter::Value') ? `{{resolve:ssm:${String(found.Default)}}}` : found.Default
}

/** @param importValue answers `Fn::ImportValue` with what another stack exports */
export function readStack(raw: RawStack, place: Place, importValue: (name: string) => unknown): Stack {
  const pseudo = pseudoParameters(raw, place)
  const resources = new Map(Object.entries(raw.template.Resources))
  const resolve = createResolver({
    ref: (name) => (name in pseudo ? pseudo[name] : resources.has(name) ? identity(name).ref : parameter(raw, name)),
    attribute,
    importValue,
    availabilityZones: (region) => availabilityZones(region || place.region),
  })

  function resource(logicalId: string): RawResource {
    const found = resources.get(logicalId)
    if (!found) throw new Error(`stack ${raw.id} has no resource ${logicalId}`)
    return found
  }

  function identity(logicalId: string): Identity {
    const { Type, Properties } = resource(logicalId)
    const property = (name: string): string | undefined => {
      const value = resolve(Properties[name], `${Type} ${logicalId}.${name}`)
      return value === undefined || value === NO_VALUE ? undefined : String(value)
    }
    return identify(Type, { stackName: raw.name, logicalId, ...place, property })
  }

  function attribute(logicalId: string, name: string): unknown {
    const value = identity(logicalId).attributes[name]
    if (value === undefined) throw new Error(`${resource(logicalId).Type} ${logicalId} has no attribute ${name} that the local cloud knows`)
    return value
  }

  const described = [...resources].map(([logicalId, { Type, Properties, Condition }]): Resource => {
    if (Condition !== undefined && Type !== 'AWS::CDK::Metadata') throw new Error(`${Type} ${logicalId} depends on condition ${Condition}`)
    return {
      stackName: raw.name,
      stackTags: raw.tags,
      logicalId,
      type: Type,
      get ref() {
        return identity(logicalId).ref
      },
      attribute: (name) => String(attribute(logicalId, name)),
      properties: Properties,
      resolve,
    }
  })
  const outputs = Object.entries(raw.template.Outputs)
  const outputValue = (name: string, value: unknown): unknown => resolve(value, `output ${name} of stack ${raw.id}`)
  return {
    name: raw.name,
    resources: described,
    outputs: () => Object.fromEntries(outputs.map(([name, output]) => [name, outputValue(name, output.Value)])),
    exports: () =>
      new Map(
        outputs.flatMap(([name, output]) =>
          output.Export ? [[String(outputValue(name, output.Export.Name)), () => outputValue(name, output.Value)] as const] : [],
        ),
      ),
  }
}
