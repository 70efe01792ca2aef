import {
  type ChangeAction,
  ChangeResourceRecordSetsCommand,
  ListResourceRecordSetsCommand,
  type ResourceRecordSet,
} from '@aws-sdk/client-route-53'
import type { Call } from './call.ts'
import { type World, ZONE } from './worlds.ts'

const Name = `clu_1.${ZONE}`
const set = (over: Partial<ResourceRecordSet> = {}): ResourceRecordSet => ({
  ...{ Name, Type: 'A', TTL: 5, ResourceRecords: [{ Value: '10.64.0.7' }, { Value: '10.64.0.8' }] },
  ...over,
})
const change =
  (changes: [ChangeAction, ResourceRecordSet][], zone?: string) =>
  ({ route53, zoneId }: World) =>
    route53.send(
      new ChangeResourceRecordSetsCommand({
        HostedZoneId: zone ?? zoneId,
        ChangeBatch: { Changes: changes.map(([Action, ResourceRecordSet]) => ({ Action, ResourceRecordSet })) },
      }),
    )
const list =
  (name: string, zone?: string) =>
  ({ route53, zoneId }: World) =>
    route53.send(
      new ListResourceRecordSetsCommand({ HostedZoneId: zone ?? zoneId, StartRecordName: name, StartRecordType: 'A', MaxItems: 1 }),
    )

export const route53Calls: Call[] = [
  { what: 'publish a name', operation: 'route53:ChangeResourceRecordSets', send: change([['UPSERT', set()]]) },
  { what: 'look it up', operation: 'route53:ListResourceRecordSets', send: list(Name) },
  {
    what: 'publish it again with other addresses',
    operation: 'route53:ChangeResourceRecordSets',
    send: change([['UPSERT', set({ ResourceRecords: [{ Value: '10.64.0.9' }] })]]),
  },
  { what: 'look up the other addresses', operation: 'route53:ListResourceRecordSets', send: list(Name) },
  { what: 'create a name that is there', operation: 'route53:ChangeResourceRecordSets', send: change([['CREATE', set()]]) },
  {
    what: 'publish outside of the zone',
    operation: 'route53:ChangeResourceRecordSets',
    send: change([['UPSERT', set({ Name: 'clu_1.example.com' })]]),
  },
  {
    what: 'publish what is no address',
    operation: 'route53:ChangeResourceRecordSets',
    send: change([['UPSERT', set({ Name: `x.${ZONE}`, ResourceRecords: [{ Value: 'nowhere' }] })]]),
  },
  { what: 'publish in no zone', operation: 'route53:ChangeResourceRecordSets', send: change([['UPSERT', set()]], 'Z0000000000000000000') },
  { what: 'look up in no zone', operation: 'route53:ListResourceRecordSets', send: list(Name, 'Z0000000000000000000') },
  { what: 'take back other addresses than there are', operation: 'route53:ChangeResourceRecordSets', send: change([['DELETE', set()]]) },
  {
    what: 'take it back',
    operation: 'route53:ChangeResourceRecordSets',
    send: change([['DELETE', set({ ResourceRecords: [{ Value: '10.64.0.9' }] })]]),
  },
  {
    what: 'take it back again',
    operation: 'route53:ChangeResourceRecordSets',
    send: change([['DELETE', set({ ResourceRecords: [{ Value: '10.64.0.9' }] })]]),
  },
]
