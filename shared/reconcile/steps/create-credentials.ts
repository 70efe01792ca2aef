import { credentialsParameter } from '../../clusters/naming.ts'
import { generateCredentials, renderCredentials } from '../../engines/credentials.ts'
import { selfSigned } from '../../platform/certificate.ts'
import { noteResource, type StepRun } from './context.ts'

/** One parameter per cluster holds all its users' passwords, and what its nodes show each other; tasks and functions read it by name. */
export const createCredentials: StepRun = async (context) => {
  const { deps, cluster } = context
  const parameter = credentialsParameter(deps.cell.name, cluster.id)
  const tls = () => (cluster.network === 'shared' ? { tls: selfSigned(cluster.id, deps.clock.now()) } : {})
  await deps.secrets.createIfAbsent(parameter, () => renderCredentials({ ...generateCredentials(deps.random), ...tls() }))
  await noteResource(context, 'credentials_parameter', parameter)
  return undefined
}
