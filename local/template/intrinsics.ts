/** What the functions of a template may refer to. Each fails with the name of what it does not know. */
export interface Scope {
  ref(name: string): unknown
  attribute(logicalId: string, name: string): unknown
  importValue(name: string): unknown
  availabilityZones(region: string): string[]
}

/** `Ref: AWS::NoValue`: the property is as if it were not written. */
export const NO_VALUE = Symbol('AWS::NoValue')

type Resolve = (value: unknown, at: string) => unknown
type Intrinsic = (argument: unknown, at: string, scope: Scope, resolve: Resolve) => unknown

function text(value: unknown, at: string): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  throw new Error(`${at} should be text, and is ${JSON.stringify(value)}`)
}

function list(value: unknown, at: string): unknown[] {
  if (Array.isArray(value)) return value
  throw new Error(`${at} should be a list, and is ${JSON.stringify(value)}`)
}

function attributeOf(reference: string, at: string, scope: Scope): unknown {
  const dot = reference.indexOf('.')
  if (dot < 1) throw new Error(`${at} names no attribute: ${reference}`)
  return scope.attribute(reference.slice(0, dot), reference.slice(dot + 1))
}

const substitute: Intrinsic = (argument, at, scope, resolve) => {
  const [pattern, given] = Array.isArray(argument) ? argument : [argument, {}]
  const values = new Map(Object.entries(Object(resolve(given, at))))
  return text(pattern, at).replace(/\$\{([^}]*)\}/g, (_, name: string) => {
    if (name.startsWith('!')) return `\${${name.slice(1)}}`
    if (values.has(name)) return text(values.get(name), at)
    return text(name.includes('.') ? attributeOf(name, at, scope) : scope.ref(name), at)
  })
}

const select: Intrinsic = (argument, at, _scope, resolve) => {
  const [index, items] = list(resolve(argument, at), at)
  const found = list(items, at)[Number(index)]
  if (found === undefined) throw new Error(`${at} selects item ${index} of ${list(items, at).length}`)
  return found
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
const INTRINSICS: Record<string, Intrinsic> = {
  Ref: (argument, at, scope) => scope.ref(text(argument, at)),
  'Fn::GetAtt': (argument, at, scope) =>
    attributeOf(Array.isArray(argument) ? argument.map((part) => text(part, at)).join('.') : text(argument, at), at, scope),
  'Fn::Join': (argument, at, _scope, resolve) => {
    const [separator, items] = list(resolve(argument, at), at)
    return list(items, at)
      .map((item) => text(item, at))
      .join(text(separator, at))
  },
  'Fn::Sub': substitute,
  'Fn::Select': select,
  'Fn::Split': (argument, at, _scope, resolve) => {
    const [separator, source] = list(resolve(argument, at), at)
    return text(source, at).split(text(separator, at))
  },
  'Fn::GetAZs': (argument, at, scope, resolve) => scope.availabilityZones(text(resolve(argument, at), at)),
  'Fn::Base64': (argument, at, _scope, resolve) => Buffer.from(text(resolve(argument, at), at)).toString('base64'),
  'Fn::ImportValue': (argument, at, scope, resolve) => scope.importValue(text(resolve(argument, at), at)),
}

/** The only entry of an object that is a function of the template language, or nothing. */
function intrinsicIn(value: object): [string, unknown] | undefined {
  const [entry, ...others] = Object.entries(value)
  const isIntrinsic = entry !== undefined && others.length === 0 && (entry[0] === 'Ref' || entry[0].startsWith('Fn::'))
  return isIntrinsic ? entry : undefined
}

/**
 * Replaces every intrinsic function in a value.
 * @throws with the place and the name of a function that is not among them, or that refers to something unknown
 */
export function createResolver(scope: Scope): Resolve {
  function resolve(value: unknown, at: string): unknown {
    if (Array.isArray(value)) return value.map((item, index) => resolve(item, `${at}[${index}]`)).filter((item) => item !== NO_VALUE)
    if (typeof value !== 'object' || value === null) return value
    const intrinsic = intrinsicIn(value)
    if (!intrinsic) {
      const entries = Object.entries(value).map(([key, item]): [string, unknown] => [key, resolve(item, `${at}.${key}`)])
      return Object.fromEntries(entries.filter(([, item]) => item !== NO_VALUE))
    }
    const [name, argument] = intrinsic
    const run = INTRINSICS[name]
    if (!run) throw new Error(`${at} uses ${name}, which the local cloud does not resolve`)
    try {
      return run(argument, at, scope, resolve)
    } catch (cause) {
      if (Error.isError(cause) && cause.message.startsWith(at)) throw cause
      throw new Error(`${at}: ${Error.isError(cause) ? cause.message : String(cause)}`, { cause })
    }
  }
  return resolve
}
