import {
  ChangeResourceRecordSetsCommand,
  ListResourceRecordSetsCommand,
  type ResourceRecordSet,
  type Route53Client,
} from '@aws-sdk/client-route-53'

export interface Names {
  /** Makes the name mean exactly these addresses. */
  publish(name: string, addresses: string[]): Promise<void>
  remove(name: string): Promise<void>
}

/** Clients re-resolve soon after a node moved. */
const TTL_SECONDS = 10

async function current(route53: Route53Client, zoneId: string, name: string): Promise<ResourceRecordSet | undefined> {
  const answer = await route53.send(
    new ListResourceRecordSetsCommand({ HostedZoneId: zoneId, StartRecordName: name, StartRecordType: 'A', MaxItems: 1 }),
  )
  return answer.ResourceRecordSets?.find((set) => set.Name === `${name}.` && set.Type === 'A')
}

export function names(route53: Route53Client, zoneId: string): Names {
  const change = (Action: 'UPSERT' | 'DELETE', set: ResourceRecordSet) =>
    route53.send(
      new ChangeResourceRecordSetsCommand({ HostedZoneId: zoneId, ChangeBatch: { Changes: [{ Action, ResourceRecordSet: set }] } }),
    )
  return {
    publish: async (name, addresses) => {
      const ResourceRecords = [...addresses].sort().map((Value) => ({ Value }))
      await change('UPSERT', { Name: name, Type: 'A', TTL: TTL_SECONDS, ResourceRecords })
    },
    // Route 53 deletes only what is described exactly as it stands.
    remove: async (name) => {
      const set = await current(route53, zoneId, name)
      if (set) await change('DELETE', set)
    },
  }
}
