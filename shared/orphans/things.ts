import { credentialsParameter, dnsName, securityGroupName, startedBy, taskFamily } from '../clusters/naming.ts'
import type { Inventory } from '../platform/inventory.ts'

export const THING_KINDS = ['task', 'definition', 'group', 'parameter', 'name'] as const

/** Something on AWS that was made for a cluster: its own name says for which. */
export interface Thing {
  kind: (typeof THING_KINDS)[number]
  /** What AWS knows it by: an ARN, a family, an id, a name. */
  id: string
  cluster: string
  /** Only a task says it. */
  tenant?: string
  /** Of a name. */
  addresses?: string[]
}

/** By cluster. */
export type Things = ReadonlyMap<string, readonly Thing[]>

export interface CellNames {
  cell: string
  zoneName: string
}

/** In a name: the id with the sign between its parts that may stand there. */
const ID = /clu[_-]([0-9a-hjkmnp-tv-z]{26})/

/** The cluster whose thing of that kind has that very name. Whatever else has a name like it is somebody else's. */
function clusterIn(text: string, nameOf: (cluster: string) => string): string | undefined {
  const [, id] = ID.exec(text) ?? []
  const cluster = `clu_${id}`
  return id !== undefined && nameOf(cluster) === text ? cluster : undefined
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html: a tenant's and a cluster's id, as the launch said. */
function taskThing({ arn, startedBy: by }: { arn: string; startedBy: string }): Thing[] {
  const [, tenant] = /^(ten_[^/]+)\//.exec(by) ?? []
  const cluster = tenant && clusterIn(by, (id) => startedBy(tenant, id))
  return cluster ? [{ kind: 'task', id: arn, cluster, tenant }] : []
}

/** Everything that was made on AWS for clusters of this cell, and nothing that was not. */
export async function thingsOf(inventory: Inventory, { cell, zoneName }: CellNames): Promise<Things> {
  const made = <K extends Thing['kind']>(kind: K, id: string, name: string, nameOf: (cluster: string) => string): Thing[] => {
    const cluster = clusterIn(name, nameOf)
    return cluster ? [{ kind, id, cluster }] : []
  }
  const [tasks, families, groups, parameters, names] = await Promise.all([
    inventory.tasks(),
    inventory.families(taskFamily(cell, 'clu_')),
    inventory.groups({ key: 'ringhold:cell', value: cell }),
    inventory.parameters(`/${cell}/clusters`),
    inventory.names(),
  ])
  const all = [
    ...tasks.flatMap(taskThing),
    ...families.flatMap((family) => made('definition', family, family, (id) => taskFamily(cell, id))),
    ...groups.flatMap(({ id, name }) => made('group', id, name, (cluster) => securityGroupName(cell, cluster))),
    ...parameters.flatMap((name) => made('parameter', name, name, (id) => credentialsParameter(cell, id))),
    ...names.flatMap(({ name, addresses }) =>
      made('name', name, name, (id) => dnsName(zoneName, id)).map((thing) => ({ ...thing, addresses })),
    ),
  ]
  return Map.groupBy(all, ({ cluster }) => cluster)
}
