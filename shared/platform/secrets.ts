import {
  DeleteParameterCommand,
  GetParameterCommand,
  ParameterAlreadyExists,
  ParameterNotFound,
  PutParameterCommand,
  type SSMClient,
} from '@aws-sdk/client-ssm'

/** Secret values by name. Values are never logged and never leave in an error. */
export interface Secrets {
  /** `undefined` when there is none of that name. */
  get(name: string): Promise<string | undefined>
  /** Makes it unless it exists; answers the value that stands, whoever made it. */
  createIfAbsent(name: string, make: () => string): Promise<string>
  put(name: string, value: string): Promise<void>
  /** One that is not there is success. */
  delete(name: string): Promise<void>
}

async function get(ssm: SSMClient, name: string): Promise<string | undefined> {
  try {
    return (await ssm.send(new GetParameterCommand({ Name: name, WithDecryption: true }))).Parameter?.Value
  } catch (error) {
    if (error instanceof ParameterNotFound) return undefined
    throw error
  }
}

async function createIfAbsent(ssm: SSMClient, name: string, make: () => string): Promise<string> {
  const found = await get(ssm, name)
  if (found !== undefined) return found
  const value = make()
  try {
    await ssm.send(new PutParameterCommand({ Name: name, Value: value, Type: 'SecureString', Overwrite: false }))
    return value
  } catch (error) {
    if (!(error instanceof ParameterAlreadyExists)) throw error
    const standing = await get(ssm, name)
    // Reads follow writes only eventually: whoever asked is asked to come again, never given a value that does not stand.
    if (standing === undefined) throw new Error(`parameter ${name} exists and cannot be read yet`, { cause: error })
    return standing
  }
}

/** SSM SecureString parameters of the standard tier: 4 kB each, no charge. */
export function parameterSecrets(ssm: SSMClient): Secrets {
  return {
    get: (name) => get(ssm, name),
    createIfAbsent: (name, make) => createIfAbsent(ssm, name, make),
    put: async (name, value) => {
      await ssm.send(new PutParameterCommand({ Name: name, Value: value, Type: 'SecureString', Overwrite: true }))
    },
    delete: async (name) => {
      try {
        await ssm.send(new DeleteParameterCommand({ Name: name }))
      } catch (error) {
        if (!(error instanceof ParameterNotFound)) throw error
      }
    },
  }
}

/** A secret that must be there is not; the message names it, and nothing of its value. */
export class SecretMissing extends Error {
  constructor(name: string) {
    super(`parameter ${name} is missing`)
    this.name = 'SecretMissing'
  }
}

/** For a secret that must be there: without it nothing can be done, and the name says what is missing. */
export async function readSecret(secrets: Pick<Secrets, 'get'>, name: string): Promise<string> {
  const value = await secrets.get(name)
  if (value === undefined) throw new SecretMissing(name)
  return value
}
