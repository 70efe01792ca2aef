import { isIPv4, isIPv6 } from 'node:net'
import * as z from 'zod'
import { AwsError } from '../aws/service.ts'
import { parseXml } from '../aws/xml.ts'
import { fullName, RecordSet, recordKey, sameValues } from './record-set.ts'

export interface Change {
  action: 'CREATE' | 'DELETE' | 'UPSERT'
  set: RecordSet
}

const whole = z.string().regex(/^\d+$/).transform(Number).pipe(z.int().max(2_147_483_647))
const Request = z.strictObject({
  ChangeResourceRecordSetsRequest: z.strictObject({
    ChangeBatch: z.strictObject({
      Comment: z.string().optional(),
      Changes: z.strictObject({
        Change: z
          .array(
            z.strictObject({
              Action: z.enum(['CREATE', 'DELETE', 'UPSERT']),
              ResourceRecordSet: z.strictObject({
                Name: z.string().regex(/^[a-zA-Z0-9_.-]{1,255}$/),
                Type: RecordSet.shape.type,
                TTL: whole,
                ResourceRecords: z.strictObject({
                  ResourceRecord: z
                    .array(z.strictObject({ Value: z.string().min(1) }))
                    .min(1)
                    .max(400),
                }),
              }),
            }),
          )
          .min(1)
          .max(1000),
      }),
    }),
  }),
})

/** @throws AwsError InvalidInput, with the name of what the local model does not know */
export function parseChangeBatch(body: string): Change[] {
  const parsed = Request.safeParse(parseXml(body, ['Change', 'ResourceRecord']))
  if (!parsed.success) throw new AwsError('InvalidInput', `not in the local model: ${z.prettifyError(parsed.error)}`)
  return parsed.data.ChangeResourceRecordSetsRequest.ChangeBatch.Changes.Change.map(({ Action, ResourceRecordSet }) => ({
    action: Action,
    set: {
      name: fullName(ResourceRecordSet.Name),
      type: ResourceRecordSet.Type,
      ttl: ResourceRecordSet.TTL,
      values: ResourceRecordSet.ResourceRecords.ResourceRecord.map(({ Value }) => Value),
    },
  }))
}

const isValue: Partial<Record<RecordSet['type'], (value: string) => boolean>> = { A: isIPv4, AAAA: isIPv6 }

/** What Route 53 says to one change, in its words; nothing when it is fine. */
function objection({ action, set }: Change, current: RecordSet | undefined, zone: string): string | undefined {
  const named = `resource record set [name='${set.name}', type='${set.type}']`
  if (set.name !== zone && !set.name.endsWith(`.${zone}`)) return `RRSet with DNS name ${set.name} is not permitted in zone ${zone}`
  const wrong = set.values.find((value) => isValue[set.type]?.(value) === false)
  if (wrong !== undefined) return `Invalid Resource Record: FATAL problem: ARRDATAIllegalIPv4Address encountered with '${wrong}'`
  if (new Set(set.values).size < set.values.length) return `Invalid Resource Record: duplicate values for ${named}`
  if (action === 'CREATE' && current) return `Tried to create ${named} but it already exists`
  if (action === 'DELETE' && !current) return `Tried to delete ${named} but it was not found`
  if (action === 'DELETE' && current && !sameValues(current, set))
    return `Tried to delete ${named} but the values provided do not match the current values`
  return undefined
}

/**
 * What the zone's sets are after the batch: all of it or nothing.
 * @param zone the zone's name with the dot at its end
 * @throws AwsError InvalidChangeBatch, naming every change that cannot be
 */
export function afterChanges(sets: RecordSet[], changes: Change[], zone: string): Map<string, RecordSet> {
  const after = new Map(sets.map((set) => [recordKey(set), set]))
  const objections: string[] = []
  for (const change of changes) {
    const key = recordKey(change.set)
    const said = objection(change, after.get(key), zone)
    if (said) objections.push(said)
    else if (change.action === 'DELETE') after.delete(key)
    else after.set(key, change.set)
  }
  if (objections.length > 0) throw new AwsError('InvalidChangeBatch', `[${objections.join(', ')}]`)
  return after
}
