import type { Connection, Engine } from '../engine.ts'
import type { RingSpec } from './spec.ts'

const USERNAME = 'default'

/** For `sh`: within single quotes nothing has a meaning but their end. */
const shellWord = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

/** A literal of JSON is one of Python, JavaScript, Go, Java and C# too. */
const literal = (text: string): string => JSON.stringify(text)

interface Told {
  host: string
  port: number
  username: string
  password: string
}

const uriOf = ({ host, port, username, password }: Told): string =>
  `redis://${encodeURIComponent(username)}:${encodeURIComponent(password)}@${host}:${port}`

/** The password goes through the environment: arguments can be read by everybody on the machine. valkey-cli reads that variable too. */
const shell = (program: string, { host, port, username, password }: Told): string =>
  `REDISCLI_AUTH=${shellWord(password)} ${program} -c -h ${host} -p ${port} --user ${shellWord(username)}`

interface Line {
  client: string
  language: string
  code(told: Told): string
}

/** What the usual clients are told. All of them find the other nodes by themselves. */
const LINES: Line[] = [
  { client: 'valkey-cli', language: 'shell', code: (told) => shell('valkey-cli', told) },
  { client: 'redis-cli', language: 'shell', code: (told) => shell('redis-cli', told) },
  {
    client: 'redis-py',
    language: 'Python',
    code: ({ host, port, username, password }) =>
      `redis.cluster.RedisCluster(host=${literal(host)}, port=${port}, username=${literal(username)}, password=${literal(password)})`,
  },
  {
    client: 'ioredis',
    language: 'JavaScript',
    code: ({ host, port, username, password }) =>
      `new Cluster([{ host: ${literal(host)}, port: ${port} }], { redisOptions: { username: ${literal(username)}, password: ${literal(password)} } })`,
  },
  {
    client: 'node-redis',
    language: 'JavaScript',
    code: ({ host, port, username, password }) =>
      `createCluster({ rootNodes: [{ url: ${literal(`redis://${host}:${port}`)} }], defaults: { username: ${literal(username)}, password: ${literal(password)} } })`,
  },
  {
    client: 'go-redis',
    language: 'Go',
    code: ({ host, port, username, password }) =>
      `redis.NewClusterClient(&redis.ClusterOptions{Addrs: []string{${literal(`${host}:${port}`)}}, Username: ${literal(username)}, Password: ${literal(password)}})`,
  },
  {
    client: 'Jedis',
    language: 'Java',
    code: ({ host, port, username, password }) =>
      `new JedisCluster(Set.of(new HostAndPort(${literal(host)}, ${port})), ${literal(username)}, ${literal(password)})`,
  },
  {
    client: 'Lettuce',
    language: 'Java',
    code: ({ host, port, username, password }) =>
      `RedisClusterClient.create(RedisURI.Builder.redis(${literal(host)}, ${port}).withAuthentication(${literal(username)}, ${literal(password)}).build())`,
  },
  {
    client: 'StackExchange.Redis',
    language: 'C#',
    code: ({ host, port, username, password }) =>
      `ConnectionMultiplexer.Connect(new ConfigurationOptions { EndPoints = { { ${literal(host)}, ${port} } }, User = ${literal(username)}, Password = ${literal(password)} })`,
  },
  { client: 'redis-rs', language: 'Rust', code: (told) => `redis::cluster::ClusterClient::new(vec![${literal(uriOf(told))}])` },
]

/** What the tenant connects with. The name, if there is one, stands first: it outlives the addresses. */
export function connection({ nodes, name, password }: Parameters<Engine<RingSpec>['connection']>[0]): Connection {
  const endpoints = nodes.map(({ address, port }) => ({ host: address, port }))
  const [first = { host: '', port: 0 }] = endpoints
  if (name !== undefined) endpoints.unshift({ host: name, port: first.port })
  const told: Told = { ...(endpoints[0] ?? first), username: USERNAME, password }
  return {
    endpoints,
    username: USERNAME,
    uris: [{ client: 'any that takes a URI and is told that it is a cluster', uri: uriOf(told) }],
    clients: LINES.map(({ client, language, code }) => ({ client, language, code: code(told) })),
  }
}
