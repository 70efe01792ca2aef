import { credentialsParameter } from '../../clusters/naming.ts'
import { generateCredentials, renderCredentials } from '../../engines/credentials.ts'
import { noteResource, type StepRun } from './context.ts'

/** One parameter per cluster holds all its users' passwords; tasks and functions read it by name. */
export const createCredentials: StepRun = async (context) => {
  const { deps, cluster } = context
  const parameter = credentialsParameter(deps.cell.name, cluster.id)
  await deps.secrets.createIfAbsent(parameter, () => renderCredentials(generateCredentials(deps.random)))
  await noteResource(context, 'credentials_parameter', parameter)
  return undefined
}
