import { createSocket } from 'node:dgram'
import { dnsLookup } from '../../../shared/webhooks/lookup.ts'
import { publicTargets } from '../../../shared/webhooks/target.ts'
import { givenNameServer } from './name-server.ts'

const ZONE = {
  'public.example': { A: ['8.8.8.8'], AAAA: ['2606:4700:4700::1111'] },
  'v4.example': { A: ['8.8.8.8', '1.1.1.1'] },
  'v6.example': { AAAA: ['fd00:ec2::254'] },
  'mixed.example': { A: ['8.8.8.8'], AAAA: ['::1'] },
  'alias.example': { CNAME: 'second.example' },
  'second.example': { CNAME: 'inside.example' },
  'inside.example': { A: ['169.254.169.254'] },
  'half.example': { A: ['8.8.8.8'], fails: 'AAAA' as const },
  'other-half.example': { A: ['10.0.0.1'], fails: 'AAAA' as const },
  'empty.example': {},
  'broken.example': { fails: 'A' as const },
}
let names: Awaited<ReturnType<typeof givenNameServer>>
beforeAll(async () => {
  names = await givenNameServer(ZONE)
})
afterAll(() => names.stop())

describe('what DNS answers', () => {
  it.each([
    ['public.example', { addresses: ['8.8.8.8', '2606:4700:4700::1111'] }],
    ['v4.example', { addresses: ['8.8.8.8', '1.1.1.1'] }],
    ['v6.example', { refused: 'target_refused' }],
    ['mixed.example', { refused: 'target_refused' }],
    ['inside.example', { refused: 'target_refused' }],
    ['alias.example', { refused: 'target_refused' }],
    ['half.example', { addresses: ['8.8.8.8'] }],
    ['other-half.example', { refused: 'target_refused' }],
    ['empty.example', { refused: 'name_not_resolved' }],
    ['nowhere.example', { refused: 'name_not_resolved' }],
    ['broken.example', { refused: 'name_not_resolved' }],
    // Of the machine's own, which DNS does not know.
    ['localhost', { refused: 'name_not_resolved' }],
  ])('for %s is all of its addresses, aliases followed: %j', async (host, resolution) => {
    expect(await publicTargets(dnsLookup([names.server])).resolve(host)).toEqual(resolution)
  })
})

it('is nothing where a name server keeps its answer for longer than somebody may be held', async () => {
  const silent = createSocket('udp4')
  let asked = 0
  silent.on('message', () => {
    asked += 1
  })
  await new Promise<void>((resolve) => silent.bind(0, '127.0.0.1', resolve))
  const lookup = dnsLookup([`127.0.0.1:${silent.address().port}`], 20)
  expect(await publicTargets(lookup).resolve('public.example')).toEqual({ refused: 'name_not_resolved' })
  // Once for each family: it is not asked again.
  expect(asked).toBeLessThanOrEqual(2)
  await new Promise<void>((resolve) => silent.close(resolve))
})
