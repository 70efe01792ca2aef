/** A URL that leads, or tries to lead, where no webhook may go. */
export interface HostileTarget {
  what: string
  url: string
  /** What its name resolves to. Without it the URL is refused as it is written, before anybody is asked. */
  addresses?: string[]
}

const written = (what: string, ...urls: string[]): HostileTarget[] => urls.map((url) => ({ what, url }))
const host = (what: string, ...hosts: string[]): HostileTarget[] => written(what, ...hosts.map((name) => `https://${name}/hooks`))
const name = (what: string, url: string, ...addresses: string[]): HostileTarget => ({ what, url: `https://${url}/hooks`, addresses })

const SCHEMES = [
  ...written('another scheme', 'http://example.com/', 'ftp://example.com/', 'file:///etc/passwd', 'gopher://example.com:443/_x'),
  ...written(
    'another scheme',
    'javascript:alert(1)',
    'data:text/plain,x',
    'wss://example.com/',
    'ldap://example.com/',
    'dict://example.com/',
  ),
  ...written('no scheme', '//example.com/', 'example.com', '/hooks', '?', ''),
  ...written('missing slashes', 'https:example.com', 'https:/example.com/', 'https:///example.com/', 'https:\\\\example.com/'),
  ...written('nothing behind the scheme', 'https://', 'https://?', 'https://:443/'),
]
const WRITING = [
  ...written('white space', ' https://example.com/', 'https://example.com/ ', 'https://example.com/a b', 'https://exam\u3000ple.com/'),
  ...written('tabs and line breaks', 'https://exa\tmple.com/', 'https://exa\nmple.com/', 'ht\ntps://example.com/'),
  ...written('a header behind a line break', 'https://example.com/ HTTP/1.1\r\nHost: inside\r\n\r\n', 'https://example.com/\r\nX-A: b'),
  ...written(
    'control characters',
    'https://example.com/\u0000',
    'https://exam\u0000ple.com/',
    'https://exam%00ple.com/',
    'https://a\u007f.example/',
  ),
  ...written('backslashes', 'https://example.com\\@127.0.0.1/', 'https://127.0.0.1\\example.com/', 'https:/\\127.0.0.1/'),
  ...written('a user', 'https://user@example.com/', 'https://user:secret@example.com/', 'https://@example.com/', 'https://:@example.com/'),
  ...written('a user that looks like the host', 'https://example.com@127.0.0.1/', 'https://example.com:443@169.254.169.254/'),
  ...written('a user within a user', 'https://a@b@127.0.0.1/', 'https://example.com%40127.0.0.1/'),
  ...written('a fragment', 'https://example.com/#', 'https://example.com/#x', 'https://example.com#@127.0.0.1/'),
  ...written('too long', `https://example.com/${'a'.repeat(2_048)}`),
]
const PORTS = [
  ...host('another port', 'example.com:22', 'example.com:25', 'example.com:80', 'example.com:6379', 'example.com:9042', 'example.com:8080'),
  ...host('no port', 'example.com:0', 'example.com:65536', 'example.com:443:80', 'example.com:x', 'example.com:-443', 'example.com:٤٤٣'),
]
const IPV4 = [
  ...host('loopback', '127.0.0.1', '127.0.0.1:8443', '127.64.0.9', '127.0.0.1.'),
  ...host('loopback, shortened', '127.1', '127.0.1', '0', '0.0.0.0'),
  ...host('loopback as one number', '2130706433', '0x7f000001', '017700000001', '0x7F000001'),
  ...host('loopback in octal and hex', '0177.0.0.1', '0x7f.0.0.1', '0x7f.1', '00000177.00.00.01'),
  ...host('loopback in other digits', '①②⑦.0.0.1', '１２７.０.０.１', '127。0。0。1', '127．0．0．1', '𝟏𝟐𝟕.0.0.1'),
  ...host('loopback, percent-encoded', '%31%32%37.0.0.1', '127%2e0%2e0%2e1', '127.0.0.1%2f.example.com', '127.0.0\u200b.1'),
  ...host('private', '10.0.0.1', '172.16.0.1', '192.168.1.1', '100.64.0.1'),
  ...host('metadata', '169.254.169.254', '0xa9fea9fe', '2852039166', '0251.0376.0251.0376', '169.254.43518', '169.254.169.254.'),
  ...host('metadata of containers and other clouds', '169.254.170.2', '169.254.170.23', '100.100.100.200', '192.0.0.192', '168.63.129.16'),
  ...host('groups and everybody', '224.0.0.1', '255.255.255.255'),
  ...host('a public literal', '8.8.8.8', '0x08080808', '134744072', '1.1'),
  ...host('nearly a literal', '999.999.999.999', '1.2.3.4.5', '127.0.0.256', '0x', 'example.0x7f'),
]
const IPV6 = [
  ...host('loopback', '[::1]', '[0:0:0:0:0:0:0:1]', '[::]', '[::1]:8443', '[0000::0001]'),
  ...host('mapped, compatible and translated', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[::127.0.0.1]', '[::ffff:0:127.0.0.1]'),
  ...host('NAT64', '[64:ff9b::7f00:1]', '[64:ff9b::169.254.169.254]', '[64:ff9b:1::a00:1]'),
  ...host('6to4 and Teredo', '[2002:7f00:1::]', '[2002:a9fe:a9fe::1]', '[2001:0:4136:e378:8000:63bf:3fff:fdd2]', '[2001::1]'),
  ...host('link-local, with a zone', '[fe80::1]', '[fe80::1%eth0]', '[fe80::1%25eth0]', '[::1%lo]'),
  ...host('unique local, site-local, groups', '[fc00::1]', '[fd00:ec2::254]', '[fd00:ec2::23]', '[fd20:ce::254]', '[fec0::1]', '[ff02::1]'),
  ...host('a public literal', '[2606:4700:4700::1111]'),
  ...host('brackets', '[::1', '::1]', '::1', '[127.0.0.1]', '[]', '[localhost]', '[v1.x]', '%5B::1%5D'),
]
const NAMES = [
  ...host('localhost', 'localhost', 'LOCALHOST', 'localhost.', 'app.localhost', 'localhost.localdomain', 'localhost:8443'),
  ...host('localhost in other letters', 'ⓛⓞⓒⓐⓛⓗⓞⓢⓣ', 'ｌｏｃａｌｈｏｓｔ', 'ℓocalhost', 'loca\u00adlhost', 'local\u200bhost', 'locaｌhost'),
  ...host('localhost, percent-encoded', '%6c%6f%63%61%6c%68%6f%73%74', 'loc%61lhost', 'localhost%2e', '%e2%93%9bocalhost'),
  ...host('metadata by name', 'metadata.google.internal', 'metadata', 'instance-data', 'instance-data.ec2.internal'),
  ...host('names of the cell', 'ip-10-0-0-1.ec2.internal', 'clu-1.cell-1.ringhold.internal', 'ip-10-64-0-5.us-east-1.compute.internal'),
  ...host('names of other insides', 'kubernetes.default.svc.cluster.local', 'host.docker.internal', 'printer.local', 'router.home.arpa'),
  ...host(
    'names of other insides',
    'gateway.lan',
    'intranet',
    'wiki.corp',
    'nas.home',
    'x.intranet',
    'hidden.onion',
    '1.0.0.127.in-addr.arpa',
  ),
  ...host(
    'inside names in other letters',
    'metadata.google。internal',
    'foo.ⅰnternal',
    'foo.internaⅼ',
    'foo.ｉｎｔｅｒｎａｌ',
    'foo\u3002internal\u3002',
  ),
  ...host('inside names, percent-encoded', 'metadata%2egoogle%2einternal', 'foo.%69nternal', 'foo.intern%61l.'),
  ...host('trailing dots', 'example.com.', 'example.com..', 'example.com。'),
  ...host(
    'no names',
    'a..example.com',
    '.example.com',
    '-.example.com',
    'a-.example.com',
    'xn--.example',
    'xn--a.internal',
    'exam^ple.com',
    'ex<a.com',
  ),
  ...host('names too long for DNS', `${'a'.repeat(64)}.example.com`, `${'a.'.repeat(130)}example.com`),
]

/** Names that anybody may register, and let lead anywhere. */
const RESOLVING = [
  name('a name for loopback', 'localtest.example', '127.0.0.1'),
  name('an address in a name', '127.0.0.1.nip.example', '127.0.0.1'),
  name('metadata in a name', '169.254.169.254.nip.example', '169.254.169.254'),
  name('metadata of containers in a name', '169-254-170-2.sslip.example', '169.254.170.2'),
  name('a private address', 'ten.example', '10.0.0.1'),
  name('a private address', 'one-seven-two.example', '172.31.255.254'),
  name('a private address', 'one-nine-two.example:8443', '192.168.0.1'),
  name('shared address space', 'cgnat.example', '100.64.0.1'),
  name('this host', 'zero.example', '0.0.0.0'),
  name("Azure's host", 'azure.example', '168.63.129.16'),
  name("Oracle's metadata", 'oracle.example', '192.0.0.192'),
  name('a benchmark network', 'bench.example', '198.18.0.1'),
  name('documentation', 'documentation.example', '203.0.113.9'),
  name('a group', 'group.example', '224.0.0.1'),
  name('everybody', 'everybody.example', '255.255.255.255'),
  name('a 6to4 relay', 'relay.example', '192.88.99.1'),
  name('public and private mixed', 'mixed.example', '8.8.8.8', '10.0.0.1'),
  name('private behind many public', 'last.example', '8.8.8.8', '8.8.4.4', '1.1.1.1', '9.9.9.9', '127.0.0.1'),
  name('public by IPv4, private by IPv6', 'both.example', '8.8.8.8', 'fd00::1'),
  name('private by IPv4, public by IPv6', 'other-way.example', '10.0.0.1', '2606:4700:4700::1111'),
  name('only IPv6, loopback', 'v6-loopback.example', '::1'),
  name('only IPv6, unique local', 'v6-local.example', 'fd12:3456::1'),
  name('only IPv6, metadata', 'v6-metadata.example', 'fd00:ec2::254'),
  name('only IPv6, link-local', 'v6-link.example', 'fe80::1'),
  name('only IPv6, link-local with a zone', 'v6-zone.example', 'fe80::1%eth0'),
  name('only IPv6, unspecified', 'v6-zero.example', '::'),
  name('an IPv4 address mapped', 'mapped.example', '::ffff:10.0.0.1'),
  name('an IPv4 address mapped, written in hex', 'mapped-hex.example', '::ffff:a9fe:a9fe'),
  name('an IPv4 address compatible', 'compatible.example', '::7f00:1'),
  name('NAT64', 'nat64.example', '64:ff9b::a00:1'),
  name('6to4', 'six-to-four.example', '2002:a00:1::1'),
  name('Teredo', 'teredo.example', '2001:0:4136:e378:8000:63bf:3fff:fdd2'),
  name('outside what is given out', 'reserved.example', '4000::1'),
  name('the end of a chain of aliases', 'alias.example', '10.1.2.3'),
  name('an international name', 'bücher.example', '10.0.0.1'),
  name('an international name in Punycode', 'xn--bcher-kva.example', '10.0.0.1'),
  name('no address at all', 'garbage.example', 'not an address'),
]

export const HOSTILE_TARGETS: HostileTarget[] = [...SCHEMES, ...WRITING, ...PORTS, ...IPV4, ...IPV6, ...NAMES, ...RESOLVING]
