import { startEndpoint } from '../../../local/aws/endpoint.ts'
import { createEcs } from '../../../local/ecs/ecs.ts'
import { ecsOptions } from './given.ts'

/** A model in a process of its own, to be killed: `node model-process.ts <data directory>`. */
const ecs = await createEcs(ecsOptions(process.argv[2] ?? ''))
await ecs.resume()
const { url } = await startEndpoint({ services: [ecs.service] })
process.stdout.write(`${url}\n`)
