import type { Clock } from '../platform/clock.ts'
import type { Containers } from '../platform/containers.ts'
import type { HostClass, readEnv } from '../platform/env.ts'
import type { Host } from '../platform/hosts.ts'
import type { NewId } from '../platform/ids.ts'
import type { Log } from '../platform/log.ts'
import type { Names } from '../platform/names.ts'
import type { Network } from '../platform/network.ts'
import type { InvokeRing } from '../platform/ring.ts'
import type { Secrets } from '../platform/secrets.ts'
import type { TableDeps } from '../platform/tenant-table.ts'
import type { Turns } from '../platform/turns.ts'

/** What looking needs: nothing here can change AWS. */
export interface ObserveDeps extends TableDeps {
  clock: Clock
  newId: NewId
  log: Log
  containers: Pick<Containers, 'describe' | 'listStartedBy'>
  hosts: {
    all(): Promise<Host[]>
    drainingAmong(arns: string[]): Promise<Set<string>>
  }
  secrets: Pick<Secrets, 'get'>
  ring: InvokeRing
}

/** Where in its cell a ring is put; fixed by the deployment. */
export interface CellPlan {
  name: string
  ecsCluster: string
  executionRoleArn: string
  hostClasses: HostClass[]
  /** AZ name -> subnet. */
  taskSubnets: Record<string, string>
  ringSecurityGroup: string
  clientCidrs: string[]
  imageRegistry: string
  zoneName: string
}

/** What acting needs. */
export interface StepDeps extends TableDeps {
  clock: Clock
  newId: NewId
  log: Log
  random: (bytes: number) => Uint8Array
  containers: Containers
  network: Network
  names: Names
  secrets: Secrets
  ring: InvokeRing
  /** At registering and deregistering task definitions. */
  definitionTurns: Turns
  cell: CellPlan
}

/** The cell as the deployment configured `functions/step`. */
export const cellPlan = (env: ReturnType<typeof readEnv<'step'>>): CellPlan => ({
  name: env.CELL,
  ecsCluster: env.ECS_CLUSTER,
  executionRoleArn: env.EXECUTION_ROLE_ARN,
  hostClasses: env.HOST_CLASSES,
  taskSubnets: env.TASK_SUBNETS,
  ringSecurityGroup: env.RING_SECURITY_GROUP,
  clientCidrs: env.CLIENT_CIDRS,
  imageRegistry: env.IMAGE_REGISTRY,
  zoneName: env.ZONE_NAME,
})
