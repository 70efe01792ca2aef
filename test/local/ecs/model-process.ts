import { startEndpoint } from '../../../local/aws/endpoint.ts'
import { createEcs } from '../../../local/ecs/ecs.ts'
import { BRIDGE, DOCKER, PROCESSES } from './container-kinds.ts'
import { ecsOptions } from './given.ts'

/** A model in a process of its own, to be killed: `node model-process.ts <data directory> <kind of containers>`. */
const [dataDir = '', name] = process.argv.slice(2)
const kind = [DOCKER, BRIDGE].find((each) => each.name === name) ?? PROCESSES
const ecs = await createEcs(ecsOptions(dataDir, { driver: kind.driver(dataDir) }))
await ecs.resume()
const { url } = await startEndpoint({ services: [ecs.service] })
process.stdout.write(`${url}\n`)
