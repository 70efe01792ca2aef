import type Docker from 'dockerode'
import type { Engine } from './docker-engine.ts'
import { cloudId, type DockerPlace, isOrphan, LABEL } from './docker-labels.ts'

/**
 * Removes containers of ours that no launch is known of, and all of local clouds that are no more. Anything without our label is
 * not looked at.
 */
export async function removeLeftovers(
  { docker, engine, place }: { docker: Docker; engine: Engine; place: DockerPlace },
  isKnown: (name: string) => boolean,
): Promise<void> {
  const filters = { label: [LABEL.cloud] }
  for (const { Id, Names, Labels } of await docker.listContainers({ all: true, filters })) {
    const isMine = Labels[LABEL.cloud] === cloudId(place)
    const name = (Names[0] ?? '').replace(/^\//, '')
    if (isMine ? !(isKnown(name) || LABEL.holder in Labels) : isOrphan(Labels)) await engine.remove(Id)
  }
  for (const { Id, Labels } of await docker.listNetworks({ filters }))
    if (Labels && Labels[LABEL.cloud] !== cloudId(place) && isOrphan(Labels)) await engine.removeNetwork(Id)
}
