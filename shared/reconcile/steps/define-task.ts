import type { RegisterTaskDefinitionCommandInput } from '@aws-sdk/client-ecs'
import { credentialsParameter, taskFamily } from '../../clusters/naming.ts'
import type { ClusterRecord } from '../../clusters/record.ts'
import { containerOf, ringOf } from '../../clusters/ring-of.ts'
import { sizeOf } from '../../contract/sizes.ts'
import { isoTime } from '../../platform/clock.ts'
import type { CellPlan } from '../deps.ts'
import { NotYet, noteResource, type StepContext, type StepRun } from './context.ts'
import { ecsTags, tagsOf } from './tags.ts'

export const CONTAINER = 'node'
/** The user that the engines' official images run as. */
const USER = '999'

/**
 * The kernel ends a container's first process by no signal that it does not handle, and until the server is in its place that is this
 * shell. An init before it would handle them, and would keep the secrets in its environment for as long as the container runs.
 */
const MAY_BE_STOPPED = "trap 'exit 143' TERM\n"

/**
 * Docker makes a directory of the host's for root, and the host hands it over to the nodes' user a moment later
 * (cdk/host-setup.sh): until then there is nothing that a node could do.
 */
const AWAIT_DIRECTORY = 'until [ -w ./data ]; do sleep 0.1; done\n'

/**
 * One definition for the whole ring: registering is limited to 1/s per account. What differs by node comes through
 * overrides. No task role, nothing to escalate with, and a root that cannot be written to.
 */
export function taskDefinition(cell: CellPlan, cluster: ClusterRecord): RegisterTaskDefinitionCommandInput {
  const { memory_mib, cpu_units } = sizeOf(cluster.spec.size)
  const plan = containerOf(cluster)
  const { persistent } = ringOf(cluster.spec)
  return {
    family: taskFamily(cell.name, cluster.id),
    networkMode: cluster.network === 'own' ? 'awsvpc' : 'host',
    requiresCompatibilities: ['EC2'],
    executionRoleArn: cell.executionRoleArn,
    memory: String(memory_mib),
    volumes: [{ name: 'data', ...(persistent ? { host: { sourcePath: `/var/lib/ringhold/${cluster.id}` } } : {}) }],
    containerDefinitions: [
      {
        name: CONTAINER,
        // Docker takes names without a registry for those of docker.io.
        image: cell.imageRegistry === 'docker.io' ? plan.image : `${cell.imageRegistry}/${plan.image}`,
        essential: true,
        // A share, not a limit: what the host has left is anybody's. A limit of the task's would be an eighth of a vCPU at least.
        cpu: cpu_units,
        entryPoint: ['sh', '-c'],
        // A volume of Docker's own takes the owner of the image's directory: both official images give /data to their user.
        command: [MAY_BE_STOPPED + (persistent ? AWAIT_DIRECTORY : '') + plan.script],
        workingDirectory: '/',
        user: USER,
        readonlyRootFilesystem: true,
        linuxParameters: { capabilities: { drop: ['ALL'] } },
        ulimits: [{ name: 'nofile', softLimit: plan.nofile, hardLimit: plan.nofile }],
        portMappings: [plan.ports?.client ?? [], plan.ports?.bus ?? []].flat().map((containerPort) => ({ containerPort, protocol: 'tcp' })),
        mountPoints: [{ sourceVolume: 'data', containerPath: '/data', readOnly: false }],
        secrets: [{ name: 'RINGHOLD_CREDENTIALS', valueFrom: credentialsParameter(cell.name, cluster.id) }],
        stopTimeout: plan.stopTimeoutSeconds,
      },
    ],
    tags: ecsTags(tagsOf(cell.name, cluster)),
  }
}

/** Of many rings that are made at once, each takes its turn and comes back when it is. */
async function awaitTurn(context: StepContext): Promise<void> {
  const { deps, cluster } = context
  const { definition_turn_at: known } = cluster.resources
  const turn = known === undefined ? await deps.definitionTurns.next() : Date.parse(known)
  if (turn <= deps.clock.now()) return
  await noteResource(context, 'definition_turn_at', isoTime(turn))
  throw new NotYet()
}

export const defineTask: StepRun = async (context) => {
  const { deps, cluster } = context
  await awaitTurn(context)
  const arn = await deps.containers.register(taskDefinition(deps.cell, cluster))
  await noteResource(context, 'task_definition_arn', arn)
  return undefined
}
