import { isPublicAddress, publicTargets } from '../../../shared/webhooks/target.ts'

const answering = (...addresses: string[]) => publicTargets(async () => addresses)

const HOSTILE = [
  'http://example.com/',
  'ftp://example.com/',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'https:example.com',
  'https:///example.com',
  'https:\\\\example.com',
  ' https://example.com/',
  'https://exa\nmple.com/',
  'https://example.com/a b',
  'https://example.com:80/',
  'https://example.com:22/',
  'https://example.com:9042/',
  'https://user@example.com/',
  'https://user:secret@example.com/',
  'https://@example.com/',
  'https://example.com@127.0.0.1/',
  'https://example.com/#fragment',
  'https://example.com/#',
  'https://127.0.0.1/',
  'https://127.1/',
  'https://2130706433/',
  'https://0x7f000001/',
  'https://0177.0.0.1/',
  'https://①②⑦.0.0.1/',
  'https://127.0.0.1./',
  'https://169.254.169.254/latest/meta-data/',
  'https://8.8.8.8/',
  'https://[::1]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[fd00:ec2::254]/',
  'https://[2606:4700::1111]/',
  'https://localhost/',
  'https://LOCALHOST/',
  'https://localhost./',
  'https://app.localhost/',
  'https://printer.local/',
  'https://ip-10-0-0-1.ec2.internal/',
  'https://metadata.google.internal/',
  'https://router.home.arpa/',
  'https://intranet/',
  'https://example.com./',
  'https://foo\u3002internal\u3002/',
  'https://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/',
  'https://loc%61lhost/',
  'https://a..example.com/',
  'https://.example.com/',
  'https://-.example.com/',
  `https://${'a'.repeat(64)}.example.com/`,
  `https://${'a.'.repeat(130)}example.com/`,
  'https://',
  'https://exa%00mple.com/',
  '',
  `https://example.com/${'a'.repeat(2048)}`,
]

const FINE = [
  'https://example.com',
  'https://example.com/hooks?from=ringhold',
  'https://example.com:443/',
  'https://example.com:8443/a/b',
  'HTTPS://Example.COM/hooks',
  'https://internal.example.com/',
  'https://bücher.example/',
  'https://example.com/@user',
  'https://my_hooks.a-b.example.com/',
]

describe('production accepts as the target of a webhook', () => {
  it.each(HOSTILE)('not %j', (url) => {
    expect(answering().check(url)).toEqual(expect.any(String))
  })
  it.each(FINE)('%j', (url) => {
    expect(answering().check(url)).toBeUndefined()
  })
})

const INSIDE = [
  ...['127.0.0.1', '127.64.0.9', '10.0.0.1', '172.16.0.1', '192.168.1.1', '0.0.0.0', '169.254.169.254', '169.254.170.2'],
  ...['100.64.0.1', '100.100.100.200', '192.0.0.1', '198.18.0.1', '192.0.2.1', '198.51.100.1', '203.0.113.1', '224.0.0.1'],
  ...['240.0.0.1', '255.255.255.255', '192.88.99.1', '168.63.129.16'],
  ...['::', '::1', '::ffff:8.8.8.8', '::8.8.8.8', '64:ff9b::808:808', '64:ff9b:1::1', '2002:808:808::1', '2001::1', 'fd00:ec2::254'],
  // Written otherwise, or outside what IANA gives out for the public internet (2000::/3).
  ...['::7f00:1', '::ffff:7f00:1', '::ffff:0:7f00:1', '::ffff:0:0:7f00:1', '64:ff9b:2::1', '1::1', '4000::1', 'e000::1'],
  ...['fe80::1', 'fe80::1%eth0', 'fec0::1', 'ff02::1', '2001:db8::1', '3fff::1', '5f00::1', 'not an address', '1', ''],
]

describe('a name', () => {
  it('resolves to addresses of the public internet', async () => {
    const addresses = ['93.184.215.14', '8.8.8.8', '2606:4700:4700::1111']
    expect(addresses.filter((address) => !isPublicAddress(address))).toEqual([])
    expect(await answering(...addresses).resolve('example.com')).toEqual({ addresses })
  })

  it.each(INSIDE)('is refused when any of its addresses is %j', async (address) => {
    expect(await answering('8.8.8.8', address).resolve('example.com')).toEqual({ refused: 'target_refused' })
  })

  it('that has no address, or cannot be asked for, is not resolved', async () => {
    const failing = publicTargets(() => Promise.reject(new Error('SERVFAIL')))
    expect(await answering().resolve('example.com')).toEqual({ refused: 'name_not_resolved' })
    expect(await failing.resolve('example.com')).toEqual({ refused: 'name_not_resolved' })
  })
})
