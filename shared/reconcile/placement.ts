import type { Member } from '../engines/engine.ts'

/** Where a member goes: its AZ is ours to say, the host within it is left to ECS under the constraint. */
export interface Place {
  az: string
  /** ECS' `group`: tasks of one group may be kept on hosts of their own, and are spread among them. */
  group: string
  distinctHosts: boolean
}

/**
 * Racks are AZs. Primaries go round the AZs in turn; a shard's replicas follow its primary to the next ones, so that
 * no AZ has two members of a shard before every AZ has one, and none of three or more has a majority of primaries.
 */
function rackOf(member: Member, replicaIndex: number, azs: string[]): string {
  const az = azs[(member.shard + replicaIndex) % azs.length]
  if (az === undefined) throw new Error('a ring needs at least one AZ')
  return az
}

/** Position of each member within its shard: the primary is 0. */
function replicaIndexes(members: Member[]): Map<number, number> {
  const next = new Map<number, number>()
  const ordered = [...members].sort((a, b) => Number(a.role === 'replica') - Number(b.role === 'replica') || a.ordinal - b.ordinal)
  return new Map(
    ordered.map((member) => {
      const index = next.get(member.shard) ?? 0
      next.set(member.shard, index + 1)
      return [member.ordinal, index]
    }),
  )
}

const repeats = (numbers: number[]): boolean => new Set(numbers).size < numbers.length

/**
 * The members of one AZ that must be on hosts of their own: one host may not take down two members of a shard, nor a
 * majority of the primaries (those that are left must be more than half to promote a replica).
 */
function apart(inAz: Member[], primaries: number): Member[] {
  if (repeats(inAz.map((member) => member.shard))) return inAz
  const here = inAz.filter((member) => member.role === 'primary')
  return here.length > 1 && here.length > (primaries - 1) / 2 ? here : []
}

/**
 * Where each member of a ring goes, by ordinal. Members in different AZs never share a host, so a constraint is only
 * needed where one AZ holds members that may not be lost together; everything else may share a host and is spread softly.
 */
export function placeMembers(clusterId: string, members: Member[], azs: string[]): Map<number, Place> {
  const indexes = replicaIndexes(members)
  const racks = new Map(members.map((member) => [member.ordinal, rackOf(member, indexes.get(member.ordinal) ?? 0, azs)]))
  const primaries = members.filter((member) => member.role === 'primary').length
  const kept = new Set(
    azs.flatMap((az) =>
      apart(
        members.filter((member) => racks.get(member.ordinal) === az),
        primaries,
      ),
    ),
  )
  return new Map(
    members.map((member): [number, Place] => {
      const az = racks.get(member.ordinal) ?? ''
      const distinctHosts = kept.has(member)
      return [member.ordinal, { az, group: distinctHosts ? `${clusterId}/${az}/apart` : `${clusterId}/${az}`, distinctHosts }]
    }),
  )
}
