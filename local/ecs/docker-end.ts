import Docker from 'dockerode'
import { engine } from './docker-engine.ts'
import { LABEL } from './docker-labels.ts'

// Removes all of a local cloud that was killed and kept nothing: `node docker-end.ts <its directory>`.
const docker = new Docker()
const [directory = ''] = process.argv.slice(2)
const filters = { label: [`${LABEL.directory}=${directory}`, `${LABEL.kept}=false`] }
const containers = await docker.listContainers({ all: true, filters })
await Promise.all(containers.map(({ Id }) => engine(docker).remove(Id)))
for (const { Id } of await docker.listNetworks({ filters })) await engine(docker).removeNetwork(Id)
