import { createSocket } from 'node:dgram'

type Zone = Record<string, { A?: string[]; AAAA?: string[]; CNAME?: string; fails?: 'A' | 'AAAA' }>
const TYPES = { A: 1, CNAME: 5, AAAA: 28 } as const
const [NXDOMAIN, SERVFAIL] = [3, 2]

const named = (name: string): Buffer =>
  Buffer.concat([...name.split('.').map((label) => Buffer.from([label.length, ...Buffer.from(label)])), Buffer.from([0])])

function addressBytes(address: string): number[] {
  if (address.includes('.')) return address.split('.').map(Number)
  const [head = '', tail = ''] = address.split('::')
  const groups = (text: string) =>
    text
      .split(':')
      .filter(Boolean)
      .map((group) => Number.parseInt(group, 16))
  const [before, after] = [groups(head), groups(tail)]
  return [...before, ...Array(8 - before.length - after.length).fill(0), ...after].flatMap((group: number) => [group >> 8, group & 255])
}

function record(name: string, type: keyof typeof TYPES, data: Buffer): Buffer {
  const head = Buffer.alloc(10)
  head.writeUInt16BE(TYPES[type], 0)
  head.writeUInt16BE(1, 2)
  head.writeUInt16BE(data.length, 8)
  return Buffer.concat([named(name), head, data])
}

/** The question of a query: its name, and where it ends. */
function question(query: Buffer): { name: string; end: number } {
  const labels: string[] = []
  let at = 12
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length))
    at += length + 1
  }
  return { name: labels.join('.').toLowerCase(), end: at + 5 }
}

function answer(zone: Zone, query: Buffer): Buffer {
  const { name, end } = question(query)
  const type = query.readUInt16BE(end - 4) === TYPES.A ? 'A' : 'AAAA'
  const records: Buffer[] = []
  let owner = name
  for (let alias = zone[owner]?.CNAME; alias !== undefined; alias = zone[owner]?.CNAME) {
    records.push(record(owner, 'CNAME', named(alias)))
    owner = alias
  }
  for (const address of zone[owner]?.[type] ?? []) records.push(record(owner, type, Buffer.from(addressBytes(address))))
  const code = zone[owner]?.fails === type ? SERVFAIL : zone[owner] ? 0 : NXDOMAIN
  const head = Buffer.from(query.subarray(0, 12))
  head.writeUInt16BE(0x8180 | code, 2)
  head.writeUInt16BE(code === 0 ? records.length : 0, 6)
  head.fill(0, 8, 12)
  return Buffer.concat([head, query.subarray(12, end), ...(code === 0 ? records : [])])
}

/** A name server on loopback (RFC 1035) that knows this zone and nothing else. */
export async function givenNameServer(zone: Zone) {
  const socket = createSocket('udp4')
  socket.on('message', (query, from) => socket.send(answer(zone, query), from.port, from.address))
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  return { server: `127.0.0.1:${socket.address().port}`, stop: () => new Promise<void>((resolve) => socket.close(resolve)) }
}
