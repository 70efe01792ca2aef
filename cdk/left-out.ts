import { readFile } from 'node:fs/promises'
import type { Loader, Plugin } from 'esbuild'

const REFUSE = "const refuse=()=>{throw new Error('left out of the bundles by cdk/left-out.ts')};"

/** A module of the same exports that refuse to be called. What only makes functions (`create...`) makes such as refuse. */
function refusing(source: string): string {
  const names = [...source.matchAll(/^export (?:const|function) (\w+)/gm)].map(([, name = '']) => name)
  if (names.length === 0) throw new Error('exports no functions any more')
  return REFUSE + names.map((name) => `export const ${name}=${name.startsWith('create') ? '()=>refuse' : 'refuse'};`).join('')
}

/** Of all that the SDK's packages say about themselves it reads its version, for the User-Agent. */
function versionOnly(source: string): string {
  const manifest: unknown = JSON.parse(source)
  if (typeof manifest !== 'object' || manifest === null || !('version' in manifest)) throw new Error('says no version any more')
  return JSON.stringify({ version: manifest.version })
}

/** Asks AWS where to send an operation. DynamoDB's client is made with it, but none of its operations uses it: it is Timestream's. */
const ENDPOINT_DISCOVERY = `${REFUSE}
export const NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS={environmentVariableSelector:()=>false,configFileSelector:()=>false,default:false};
export const resolveEndpointDiscoveryConfig=(input)=>Object.assign(input,{endpointDiscoveryEnabled:async()=>false,isClientEndpointDiscoveryEnabled:false});
export const getEndpointDiscoveryPlugin=refuse,getEndpointDiscoveryRequiredPlugin=refuse,getEndpointDiscoveryOptionalPlugin=refuse;`

interface Part {
  file: RegExp
  loader: Loader
  put: (source: string) => string
}
const PARTS: Part[] = [
  // The document is made at the build: cdk/bundle.ts.
  { file: /\/zod\/v4\/core\/(?:to-json-schema|json-schema-processors)\.js$/, loader: 'js', put: refusing },
  { file: /\/@aws-sdk\/[^/]+\/package\.json$/, loader: 'json', put: versionOnly },
  { file: /\/@aws-sdk\/middleware-endpoint-discovery\/dist-es\/index\.js$/, loader: 'js', put: () => ENDPOINT_DISCOVERY },
]

/** Loaded by the SDK when an operation streams events, which none of ours does. */
const STREAMS = '@smithy/core/event-streams'

/**
 * Leaves out what is never called, but is reached by names that are looked up at run time, so that no bundler can tell.
 * `unmet` names what has not been met in any build: after all functions were built it must be empty, or a package has changed its layout.
 */
export function leftOut(): { plugin: Plugin; unmet: () => string[] } {
  const met = new Set<string>()
  const plugin: Plugin = {
    name: 'left-out',
    setup: (build) => {
      for (const { file, loader, put } of PARTS)
        build.onLoad({ filter: file }, async ({ path }) => {
          met.add(file.source)
          return { contents: put(await readFile(path, 'utf8')), loader }
        })
      build.onResolve({ filter: new RegExp(`^${STREAMS}$`) }, ({ kind }) => {
        if (kind !== 'dynamic-import') return undefined
        met.add(STREAMS)
        return { path: STREAMS, namespace: 'left-out' }
      })
      build.onLoad({ filter: /./, namespace: 'left-out' }, () => ({
        contents: `${REFUSE}export const EventStreamSerde=refuse,eventStreamSerdeProvider=refuse`,
      }))
    },
  }
  return { plugin, unmet: () => [...PARTS.map(({ file }) => file.source), STREAMS].filter((part) => !met.has(part)) }
}
