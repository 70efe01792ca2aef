import type { Base, PinnedBase } from './bases.ts'
import { buildCommand, packagesCommand, packagesFile, SCANNERS } from './commands.ts'

export interface PublishDeps {
  /** Shows what it says. @throws Error where it ends with another code than 0 */
  run(command: string[]): void
  /** @returns what it says. @throws Error likewise */
  read(command: string[]): string
  isThere(program: string): boolean
  write(file: string, text: string): void
  say(line: string): void
  /** @throws Error unless the registry has that index, for every platform of ours */
  check(image: string, digest: string): Promise<void>
}

/** Builds images, pushes them to each registry, writes down what is in them, and scans them where there is a scanner. */
export async function publish(bases: PinnedBase[], registries: string[], deps: PublishDeps): Promise<void> {
  const [first] = registries
  if (first === undefined) throw new Error('There is nowhere to push to: name an imageRegistry in ringhold.config.ts')
  deps.read(['docker', 'buildx', 'version'])
  // All of them before the first is built: what is pushed is used.
  for (const { image, digest } of bases) await deps.check(image, digest)
  const scanner = Object.keys(SCANNERS).find(deps.isThere)
  for (const base of bases) {
    deps.run(buildCommand(base, registries))
    const name = `${first}/${base.image}`
    deps.write(packagesFile(base), deps.read(packagesCommand(name)))
    if (scanner !== undefined) deps.run(SCANNERS[scanner]?.(name) ?? [])
  }
  if (scanner === undefined)
    deps.say(
      `NOT SCANNED: neither ${Object.keys(SCANNERS).join(' nor ')} is here. What is in the images stands in images/*/packages-*.txt.`,
    )
}

/** @returns the bases with the digests that their tags have now */
export const pinAll = (bases: Base[], resolve: (image: string) => Promise<string>, today: string): Promise<PinnedBase[]> =>
  Promise.all(bases.map(async (base) => ({ ...base, digest: await resolve(base.image), seen: [`${today}: asked of the registry itself`] })))
