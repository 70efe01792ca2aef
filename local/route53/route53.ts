import { randomBytes, randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { AwsError, type AwsRequest, type AwsResponse, type AwsService } from '../aws/service.ts'
import { type XmlElement, xmlDocument } from '../aws/xml.ts'
import { durableMap } from '../store/durable-map.ts'
import type { HostedZoneSpec } from '../template/network.ts'
import type { Timers } from '../timers.ts'
import { parseChangeBatch } from './change-batch.ts'
import { RecordSet } from './record-set.ts'
import { createZone, type Zone } from './zone.ts'

export interface Route53Options {
  zones: HostedZoneSpec[]
  timers: Timers
  /** Undefined keeps records in memory. */
  dataDir?: string | undefined
}

export interface Route53 {
  readonly service: AwsService
  /** Addresses under that name in any zone, as a resolver of the VPC would answer; empty when there are none. */
  lookup(name: string): string[]
}

const NAMESPACE = 'https://route53.amazonaws.com/doc/2013-04-01/'
const RECORD_SETS = /^\/2013-04-01\/hostedzone\/([^/]+)\/rrset\/?$/
const MAX_ITEMS = 300
const PARAMETERS = ['name', 'type', 'maxitems']

const answer = (status: number, root: string, content: XmlElement): AwsResponse => ({
  status,
  headers: { 'content-type': 'text/xml', 'x-amzn-requestid': randomUUID() },
  body: xmlDocument(root, NAMESPACE, content),
})

const element = (set: RecordSet): XmlElement => ({
  Name: set.name,
  Type: set.type,
  TTL: set.ttl,
  ResourceRecords: { ResourceRecord: set.values.map((Value) => ({ Value })) },
})

function change(zone: Zone, request: AwsRequest, now: number): AwsResponse {
  zone.change(parseChangeBatch(request.body.toString('utf8')))
  const Id = `/change/C${randomBytes(10).toString('hex').toUpperCase()}`
  const ChangeInfo = { Id, Status: 'PENDING', SubmittedAt: new Date(now).toISOString() }
  return answer(200, 'ChangeResourceRecordSetsResponse', { ChangeInfo })
}

function list(zone: Zone, { query }: AwsRequest): AwsResponse {
  const unknown = [...query.keys()].find((name) => !PARAMETERS.includes(name))
  if (unknown !== undefined) throw new AwsError('InvalidInput', `the local model has no parameter ${unknown}`)
  const [name, type] = [query.get('name') ?? undefined, query.get('type') ?? undefined]
  if (type !== undefined && name === undefined) throw new AwsError('InvalidInput', 'a type to start at needs a name to start at')
  const most = Math.min(Number(query.get('maxitems') ?? MAX_ITEMS), MAX_ITEMS)
  const found = zone.list({ name, type })
  const next = found[most]
  return answer(200, 'ListResourceRecordSetsResponse', {
    ResourceRecordSets: { ResourceRecordSet: found.slice(0, most).map(element) },
    IsTruncated: next !== undefined,
    ...(next ? { NextRecordName: next.name, NextRecordType: next.type } : {}),
    MaxItems: most,
  })
}

/** Record sets of the template's zones, over REST-XML (https://docs.aws.amazon.com/Route53/latest/APIReference/Welcome.html). */
export function createRoute53({ zones: specs, timers, dataDir }: Route53Options): Route53 {
  const zones = new Map(
    specs.map(({ id, name }) => [id, createZone(name, durableMap(dataDir && join(dataDir, `zone-${id}.jsonl`), RecordSet))]),
  )
  function dispatch(request: AwsRequest): AwsResponse {
    const id = RECORD_SETS.exec(request.path)?.[1]
    if (id === undefined || !['GET', 'POST'].includes(request.method))
      throw new AwsError('InvalidAction', `route53 has no local model of ${request.method} ${request.path}`)
    const zone = zones.get(id)
    if (!zone) throw new AwsError('NoSuchHostedZone', `No hosted zone found with ID: ${id}`, 404)
    return request.method === 'GET' ? list(zone, request) : change(zone, request, timers.now())
  }
  const handle: AwsService['handle'] = async (request) => {
    try {
      return dispatch(request)
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      const Fault = { Type: 'Sender', Code: error.code, Message: error.message }
      return answer(error.status, 'ErrorResponse', { Error: Fault, RequestId: randomUUID() })
    }
  }
  return {
    service: { signingName: 'route53', handle },
    lookup: (name) => [...zones.values()].flatMap((zone) => zone.addresses(name)),
  }
}
