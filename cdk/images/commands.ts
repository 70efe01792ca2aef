import { join } from 'node:path'
import { IMAGES, type PinnedBase } from './bases.ts'
import { PLATFORMS } from './registry.ts'

/** Under these names task definitions ask for it (shared/reconcile/steps/define-task.ts). */
const names = ({ image }: PinnedBase, registries: string[]): string[] => registries.map((registry) => `${registry}/${image}`)

/** Builds for every platform and pushes, under one name in each registry; what a builder left there before is not used. */
export const buildCommand = (base: PinnedBase, registries: string[]): string[] => [
  ...['docker', 'buildx', 'build', '--push', '--pull', '--no-cache'],
  ...['--platform', PLATFORMS.join(',')],
  ...['--build-arg', `BASE=${base.image}@${base.digest}`, '--build-arg', `VERSION=${base.version}`],
  ...names(base, registries).flatMap((name) => ['--tag', name]),
  join(IMAGES, base.engine),
]

/** Says what Debian's packages are in the image, as hosts run it. */
export const packagesCommand = (name: string): string[] => [
  ...['docker', 'run', '--rm', '--pull', 'always', '--network', 'none', '--platform', PLATFORMS[0]],
  ...['--entrypoint', 'dpkg-query', name, '-W', '-f', `\${binary:Package} \${Version} \${Architecture}\\n`],
]

export const packagesFile = ({ engine, version }: PinnedBase): string => join(IMAGES, engine, `packages-${version}.txt`)

/** Each fails on holes that are grave and have been closed: what nobody can mend is no reason not to run an image. */
export const SCANNERS: Record<string, (name: string) => string[]> = {
  trivy: (name) => ['trivy', 'image', '--severity', 'HIGH,CRITICAL', '--ignore-unfixed', '--exit-code', '1', name],
  grype: (name) => ['grype', name, '--only-fixed', '--fail-on', 'high'],
}
