import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { type Demand, type HostView, place, withTask } from '../../../local/ecs/placement.ts'

const host = (arn: string, more: Partial<HostView> = {}): HostView => ({
  arn,
  status: 'ACTIVE',
  agentConnected: true,
  free: { cpu: 2048, memoryMiB: 3768, interfaces: 10 },
  ports: new Set(),
  groups: new Map(),
  ...more,
})
const demand = (more: Partial<Demand> = {}): Demand => ({
  group: 'g',
  cpu: 128,
  memory: 256,
  networkMode: 'awsvpc',
  hostPorts: [],
  distinctInstance: false,
  strategy: [],
  ...more,
})

const hosts = fc
  .array(
    fc.record({
      status: fc.constantFrom('ACTIVE' as const, 'ACTIVE' as const, 'DRAINING' as const, 'REGISTERING' as const),
      agentConnected: fc.boolean(),
      free: fc.record({ cpu: fc.nat(4096), memoryMiB: fc.nat(8192), interfaces: fc.nat(4) }),
      ports: fc.array(fc.nat(5), { maxLength: 2 }).map((ports) => new Set(ports)),
    }),
    { maxLength: 6 },
  )
  .map((views) => views.map((view, index): HostView => host(`host-${index}`, view)))
const demands = fc.array(
  fc.record({
    group: fc.constantFrom('g', 'h'),
    cpu: fc.nat(2048),
    memory: fc.nat(4096),
    networkMode: fc.constantFrom('awsvpc' as const, 'host' as const),
    hostPorts: fc.uniqueArray(fc.nat(5), { maxLength: 2 }),
    distinctInstance: fc.boolean(),
    strategy: fc.constantFrom<Demand['strategy']>(
      [],
      [{ type: 'spread', field: 'instanceId' }],
      [{ type: 'binpack', field: 'cpu' }],
      [
        { type: 'spread', field: 'instanceId' },
        { type: 'binpack', field: 'memory' },
      ],
    ),
  }),
  { maxLength: 30 },
)

/** Places one after the other. */
function placeAll(start: HostView[], wanted: Demand[]): { hosts: HostView[]; placed: { demand: Demand; host: string }[] } {
  const placed: { demand: Demand; host: string }[] = []
  let now = start
  for (const each of wanted) {
    const placement = place(each, now)
    if ('refusal' in placement) continue
    placed.push({ demand: each, host: placement.host })
    now = now.map((view) => (view.arn === placement.host ? withTask(view, each) : view))
  }
  return { hosts: now, placed }
}

describe('placement', () => {
  it('never takes more of a host than it has, whatever is asked', () => {
    fc.assert(
      fc.property(hosts, demands, (start, wanted) => {
        for (const { free } of placeAll(start, wanted).hosts)
          expect(free.cpu >= 0 && free.memoryMiB >= 0 && free.interfaces >= 0).toBe(true)
      }),
    )
  })

  it('gives no port of a host twice', () => {
    fc.assert(
      fc.property(hosts, demands, (start, wanted) => {
        const { placed } = placeAll(start, wanted)
        const taken = [
          ...start.flatMap(({ arn, ports }) => [...ports].map((port) => `${arn} ${port}`)),
          ...placed.flatMap(({ demand: each, host: arn }) => each.hostPorts.map((port) => `${arn} ${port}`)),
        ]
        expect(new Set(taken).size).toBe(taken.length)
      }),
    )
  })

  it('puts nothing on a host that drains, boots or is out of touch', () => {
    fc.assert(
      fc.property(hosts, demands, (start, wanted) => {
        const well = new Set(start.filter(({ status, agentConnected }) => status === 'ACTIVE' && agentConnected).map(({ arn }) => arn))
        expect(placeAll(start, wanted).placed.filter(({ host: arn }) => !well.has(arn))).toEqual([])
      }),
    )
  })

  it('puts a task that wants a host of its own on none that has another of its group', () => {
    fc.assert(
      fc.property(hosts, demands, (start, wanted) => {
        const seen = new Set<string>()
        for (const { demand: each, host: arn } of placeAll(start, wanted).placed) {
          if (each.distinctInstance) expect(seen.has(`${each.group} ${arn}`)).toBe(false)
          seen.add(`${each.group} ${arn}`)
        }
      }),
    )
  })

  it('places a task whenever a host of its kind is empty', () => {
    const wanted = demand({ distinctInstance: true })
    fc.assert(fc.property(hosts, (start) => 'host' in place(wanted, [...start, host('fresh')])))
  })

  it('spreads within the group only, then fills the fullest of equals', () => {
    const views = [
      host('roomy', { free: { cpu: 2048, memoryMiB: 3000, interfaces: 10 } }),
      host('full', { free: { cpu: 2048, memoryMiB: 600, interfaces: 10 }, groups: new Map([['other', 3]]) }),
      host('taken', { free: { cpu: 2048, memoryMiB: 300, interfaces: 10 }, groups: new Map([['g', 1]]) }),
    ]
    const strategy: Demand['strategy'] = [
      { type: 'spread', field: 'instanceId' },
      { type: 'binpack', field: 'memory' },
    ]
    expect(place(demand({ strategy }), views)).toEqual({ host: 'full' })
    expect(place(demand({ strategy: strategy.slice(1) }), views)).toEqual({ host: 'taken' })
  })

  it('says what the host that came furthest lacked', () => {
    const noMemory = host('m', { free: { cpu: 2048, memoryMiB: 0, interfaces: 1 } })
    const noInterface = host('e', { free: { cpu: 2048, memoryMiB: 999, interfaces: 0 } })
    const taken = host('t', { groups: new Map([['g', 1]]) })
    const listening = host('p', { ports: new Set([7000]), free: { cpu: 2048, memoryMiB: 999, interfaces: 0 } })
    const refusalOf = (views: HostView[], more: Partial<Demand> = {}) => place(demand(more), views)
    expect(refusalOf([])).toEqual({ refusal: 'EMPTY CAPACITY PROVIDER' })
    expect(refusalOf([host('d', { status: 'DRAINING' })])).toEqual({ refusal: 'NO ACTIVE INSTANCES' })
    expect(refusalOf([host('l', { agentConnected: false })])).toEqual({ refusal: 'AGENT' })
    expect(refusalOf([noMemory], { cpu: 4096 })).toEqual({ refusal: 'RESOURCE:CPU' })
    expect(refusalOf([noMemory])).toEqual({ refusal: 'RESOURCE:MEMORY' })
    expect(refusalOf([noMemory, noInterface])).toEqual({ refusal: 'RESOURCE:ENI' })
    expect(refusalOf([noMemory, listening], { networkMode: 'host', hostPorts: [6999, 7000] })).toEqual({ refusal: 'RESOURCE:PORTS' })
    expect(refusalOf([noInterface, taken], { distinctInstance: true })).toEqual({
      refusal: 'distinctInstance placement constraint unsatisfied',
    })
  })
})
