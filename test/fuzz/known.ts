import type { World } from '../functions/api/given-world.ts'
import { ID } from '../support/walk.ts'

const PARAMETERS: Record<string, string> = { clu: 'cluster_id', op: 'operation_id', whk: 'webhook_id', dlv: 'delivery_id', key: 'key_id' }
/** Newest ones: the older are mostly gone. */
const REMEMBERED = 60

/**
 * What the fuzzer has learned: ids by tenant and parameter, cursors and ETags. Requests are made of marks
 * such as `⟦0.cluster_id.7⟧` before it is known what there will be, so that one seed makes the same requests again.
 */
export class Known {
  readonly worlds: World[]
  readonly secrets: Set<string>
  private readonly values = new Map<string, string[]>()
  /** Tenants and keys that everything hangs on: they are never named to who could end them. */
  private readonly spared: Set<string>

  private readonly platformKey: string

  constructor(worlds: World[], platformKey: string, keyIds: string[]) {
    this.worlds = worlds
    this.platformKey = platformKey
    this.secrets = new Set(worlds.flatMap((world) => world.secrets))
    this.spared = new Set([...keyIds, ...worlds.map(({ id }) => id)])
    for (const [tenant, world] of worlds.entries()) {
      for (const [name, id] of Object.entries(world.ids)) {
        if (name !== 'tenant_id') this.learn(`${tenant}.${name}`, id)
      }
    }
  }

  learn(place: string, value: string): void {
    if (this.spared.has(value)) return
    const before = this.values.get(place) ?? []
    this.values.set(place, [...before.filter((each) => each !== value), value].slice(-REMEMBERED))
  }

  /** Takes from an accepted answer what may be asked for next. */
  harvest(tenant: number | undefined, body: string, headers: Record<string, string>): void {
    const place = tenant ?? 'p'
    const cursor = /"next_cursor":"([^"]+)"/.exec(body)?.[1]
    if (cursor !== undefined) this.learn(`${place}.cursor`, cursor)
    if (headers.etag !== undefined) this.learn(`${place}.etag`, headers.etag)
    for (const [, secret] of body.matchAll(/"(?:key|secret|password)":"([^"]{20,})"/g)) if (secret !== undefined) this.secrets.add(secret)
    const world = tenant === undefined ? undefined : this.worlds[tenant]
    const made = /^\{[^{}[\]]*?"id":"([a-z]+)_/.exec(body)?.[1]
    for (const [id] of made === undefined ? [] : body.matchAll(ID)) {
      const name = PARAMETERS[id.split('_')[0] ?? '']
      if (world && name && made !== undefined) this.learn(`${tenant}.${name}`, id)
      if (!world && made === 'ten' && id.startsWith('ten_')) this.learn('p.tenant_id', id)
    }
  }

  /** The number of the tenant that an Authorization header is of. */
  callerOf(authorization: string | undefined): number | undefined {
    const number = this.worlds.findIndex(({ key }) => authorization?.includes(key))
    return number < 0 ? undefined : number
  }

  /** Puts what is known in place of marks. */
  fill(text: string): string {
    return text.replaceAll(/⟦([^⟧.]+)\.([^⟧.]+)\.(\d+)⟧/g, (_, place: string, name: string, index: string) =>
      this.value(place, name, Number(index)),
    )
  }

  private value(place: string, name: string, index: number): string {
    const world = this.worlds[Number(place)]
    if (name === 'bearer') return world?.key ?? this.platformKey
    if (name === 'secret') return [...this.secrets][index % this.secrets.size] ?? ''
    if (name === 'tenant' && world) return world.id
    const found = this.values.get(`${place}.${name}`) ?? []
    return found[index % Math.max(1, found.length)] ?? `${name.slice(0, 3)}_00000000000000000000000000`
  }
}
