import { mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type ContainerPlan, type Launch, METADATA_FILE } from './driver.ts'

/** Docker's own default. */
const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** The directory that stands for the container's root: its working directory and home. */
export const rootOf = (launch: Launch): string => join(launch.directory, 'root')
export const pidFileOf = (launch: Launch): string => join(launch.directory, `pid.${launch.number}`)
export const exitFileOf = (launch: Launch): string => join(launch.directory, `exit.${launch.number}`)
export const logOf = (launch: Launch): string => join(launch.directory, 'log')

/**
 * Makes the root with a link for each mount point. Nothing keeps a process in it: user, capabilities and a read-only root
 * are the container engine's to enforce, and are not enforced here.
 */
export function makeRoot(launch: Launch, plan: ContainerPlan): void {
  const root = rootOf(launch)
  mkdirSync(root, { recursive: true })
  for (const mount of plan.mounts) {
    const link = join(root, mount.containerPath)
    mkdirSync(mount.directory, { recursive: true })
    mkdirSync(dirname(link), { recursive: true })
    rmSync(link, { force: true })
    symlinkSync(mount.directory, link)
  }
}

export const environmentOf = (launch: Launch, plan: ContainerPlan, imagePath: string): Record<string, string> => ({
  ...plan.environment,
  ...(plan.metadataFile === undefined ? {} : { [METADATA_FILE]: plan.metadataFile }),
  PATH: imagePath ? `${imagePath}:${SYSTEM_PATH}` : SYSTEM_PATH,
  HOME: rootOf(launch),
})
