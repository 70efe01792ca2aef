import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'

const INDEX = 'application/vnd.oci.image.index.v1+json'
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json'

export const digestOf = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`
export const indexOf = (platforms: string[]): string =>
  JSON.stringify({
    schemaVersion: 2,
    mediaType: INDEX,
    manifests: platforms.map((platform) => {
      const [os, architecture] = platform.split('/')
      return { mediaType: MANIFEST, digest: digestOf(platform), size: 7, platform: { os, architecture } }
    }),
  })
/** Of one architecture. */
export const MANIFEST_ALONE = JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST, layers: [] })

const TOKEN = 'let-me-in'

/** A registry that gives manifests by tag and by digest to who comes with its token, as Docker Hub does. */
export async function givenRegistry(manifests: Record<string, string>) {
  const asked: string[] = []
  const lies = new Map<string, string>()
  const server = createServer((request, response) => {
    const { pathname, searchParams, origin } = new URL(request.url ?? '', `http://${request.headers.host}`)
    if (pathname === '/token') {
      asked.push(`token ${searchParams.get('service')} ${searchParams.get('scope')}`)
      return response.end(JSON.stringify({ token: TOKEN }))
    }
    const [, repository = '', reference = ''] = /^\/v2\/(.+)\/manifests\/(.+)$/.exec(pathname) ?? []
    if (request.headers.authorization !== `Bearer ${TOKEN}`) {
      const challenge = `Bearer realm="${origin}/token",service="here",scope="repository:${repository}:pull"`
      return response.writeHead(401, { 'www-authenticate': challenge }).end()
    }
    asked.push(`${request.method} ${repository} ${reference}`)
    const of = Object.entries(manifests).filter(([name]) => name.startsWith(`${repository}:`))
    const [, text] = of.find(([name, each]) => name === `${repository}:${reference}` || digestOf(each) === reference) ?? []
    if (text === undefined || !request.headers.accept?.includes(INDEX)) return response.writeHead(404).end()
    response.writeHead(200, { 'content-type': INDEX, 'docker-content-digest': digestOf(text) })
    return response.end(request.method === 'HEAD' ? '' : (lies.get(digestOf(text)) ?? text))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    asked,
    /** From now on it answers a digest with something else. */
    lie: (digest: string, text: string) => void lies.set(digest, text),
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
