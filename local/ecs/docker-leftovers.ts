import { existsSync } from 'node:fs'
import type Docker from 'dockerode'
import { cloudId, type DockerPlace, LABEL, ownerIsDead } from './docker-labels.ts'

type Found = Awaited<ReturnType<Docker['listContainers']>>[number]

/**
 * Whether nobody comes back to it: its cloud kept nothing and is dead, or what it kept is gone. Containers of kept data run on
 * after a kill -9, as processes do.
 */
function isOrphan({ Labels }: Found): boolean {
  const { [LABEL.owner]: owner = '', [LABEL.kept]: kept, [LABEL.directory]: directory = '' } = Labels
  return ownerIsDead(owner) && (kept !== 'true' || !existsSync(directory))
}

/** Containers of ours that no launch is known of, and those of local clouds that are no more. Anything without our label is not looked at. */
export async function leftovers(docker: Docker, place: DockerPlace, isKnown: (name: string) => boolean): Promise<string[]> {
  const found = await docker.listContainers({ all: true, filters: { label: [LABEL.cloud] } })
  const mine = (container: Found): boolean => container.Labels[LABEL.cloud] === cloudId(place)
  const nameOfFound = ({ Names }: Found): string => (Names[0] ?? '').replace(/^\//, '')
  return found.filter((each) => (mine(each) ? !isKnown(nameOfFound(each)) : isOrphan(each))).map(({ Id }) => Id)
}
