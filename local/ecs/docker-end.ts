import Docker from 'dockerode'
import { engine } from './docker-engine.ts'
import { LABEL } from './docker-labels.ts'

// Removes the containers of a local cloud that was killed and kept nothing: `node docker-end.ts <its directory>`.
const docker = new Docker()
const [directory = ''] = process.argv.slice(2)
const found = await docker.listContainers({ all: true, filters: { label: [`${LABEL.directory}=${directory}`, `${LABEL.kept}=false`] } })
await Promise.all(found.map(({ Id }) => engine(docker).remove(Id)))
