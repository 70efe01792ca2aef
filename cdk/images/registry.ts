import { createHash } from 'node:crypto'
import * as z from 'zod'

/** What hosts are made of: Graviton, or x86. */
export const PLATFORMS = ['linux/arm64', 'linux/amd64'] as const
export const DOCKER_HUB = 'https://registry-1.docker.io'
const LONGEST_MS = 30_000

/** https://github.com/opencontainers/image-spec/blob/main/image-index.md, and what Docker called it before. */
const INDEXES = ['application/vnd.oci.image.index.v1+json', 'application/vnd.docker.distribution.manifest.list.v2+json']
const Index = z.object({
  mediaType: z.enum(INDEXES),
  manifests: z.array(z.object({ platform: z.object({ os: z.string(), architecture: z.string() }).optional() })),
})
const Token = z.object({ token: z.string() })

/** `redis:7.2` is `library/redis` to the registry. */
function nameOf(image: string): { repository: string; tag: string } {
  const [repository = '', tag = 'latest'] = image.split(':')
  return { repository: repository.includes('/') ? repository : `library/${repository}`, tag }
}

/** A registry by its API: https://github.com/opencontainers/distribution-spec/blob/main/spec.md */
export function createRegistry({ url = DOCKER_HUB, fetch: ask = fetch }: { url?: string; fetch?: typeof fetch } = {}) {
  /** Anybody may pull, with a token that whoever refuses says where to get: https://distribution.github.io/distribution/spec/auth/token/ */
  async function tokenFrom(challenge: string): Promise<string> {
    const said = new Map([...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]))
    const realm = new URL(said.get('realm') ?? '')
    for (const name of ['service', 'scope']) realm.searchParams.set(name, said.get(name) ?? '')
    const answer = await ask(realm, { signal: AbortSignal.timeout(LONGEST_MS) })
    if (!answer.ok) throw new Error(`${realm.origin} gives no token: ${answer.status}`)
    return Token.parse(await answer.json()).token
  }

  async function manifest(method: 'HEAD' | 'GET', repository: string, reference: string): Promise<Response> {
    const send = (headers: Record<string, string>): Promise<Response> =>
      ask(`${url}/v2/${repository}/manifests/${reference}`, {
        method,
        headers: { accept: INDEXES.join(', '), ...headers },
        signal: AbortSignal.timeout(LONGEST_MS),
      })
    const first = await send({})
    const challenge = first.headers.get('www-authenticate')
    const answer = first.status === 401 && challenge ? await send({ authorization: `Bearer ${await tokenFrom(challenge)}` }) : first
    if (!answer.ok) throw new Error(`${url} does not have ${repository} at ${reference}: ${answer.status}`)
    return answer
  }

  /** @throws Error unless the digest is that of an index with every platform of ours */
  async function check(image: string, digest: string): Promise<void> {
    const { repository } = nameOf(image)
    const text = await (await manifest('GET', repository, digest)).text()
    const found = `sha256:${createHash('sha256').update(text).digest('hex')}`
    if (found !== digest) throw new Error(`${image}: the registry answered ${digest} with ${found}`)
    const index = Index.safeParse(JSON.parse(text))
    if (!index.success) throw new Error(`${image}: ${digest} is no index of architectures, so it would do on one only`)
    const has = new Set(index.data.manifests.map(({ platform }) => `${platform?.os}/${platform?.architecture}`))
    const missing = PLATFORMS.filter((platform) => !has.has(platform))
    if (missing.length > 0) throw new Error(`${image}: ${digest} has nothing for ${missing.join(', ')}`)
  }

  /** @returns the digest that the tag has now, checked as above */
  async function resolve(image: string): Promise<string> {
    const { repository, tag } = nameOf(image)
    const digest = (await manifest('HEAD', repository, tag)).headers.get('docker-content-digest')
    if (digest === null) throw new Error(`${url} says no digest of ${image}`)
    await check(image, digest)
    return digest
  }

  return { check, resolve }
}
