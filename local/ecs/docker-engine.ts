import type Docker from 'dockerode'
import type { ContainerInspectInfo } from 'dockerode'

const statusOf = (error: unknown): unknown => (Error.isError(error) && 'statusCode' in error ? error.statusCode : undefined)

/** There is no such container, or it does not run, or somebody removes it already: for who wants it gone, it is. */
const isGone = (error: unknown): boolean => statusOf(error) === 404 || statusOf(error) === 409

/** The calls of the Engine that a driver makes, where a container that is gone is an answer and no error. */
export interface Engine {
  inspect(nameOrId: string): Promise<ContainerInspectInfo | undefined>
  /** All it wrote, in frames. */
  output(id: string): Promise<Buffer | undefined>
  /** Ends it, if it runs, and removes it. */
  remove(nameOrId: string): Promise<void>
  /** Of which no container is a member any more; one that is gone is as good. */
  removeNetwork(nameOrId: string): Promise<void>
  /** As the kernel would: a stopped container is frozen with all its processes, since its first process has children. */
  signal(id: string, signal: NodeJS.Signals): Promise<void>
}

export function engine(docker: Docker): Engine {
  const unlessGone = async <T>(call: Promise<T>): Promise<T | undefined> => {
    try {
      return await call
    } catch (error) {
      if (isGone(error)) return undefined
      throw error
    }
  }
  return {
    inspect: (nameOrId) => unlessGone(docker.getContainer(nameOrId).inspect()),
    output: (id) => unlessGone(docker.getContainer(id).logs({ stdout: true, stderr: true })),
    remove: async (nameOrId) => {
      await unlessGone(docker.getContainer(nameOrId).remove({ force: true, v: true }))
    },
    removeNetwork: async (nameOrId) => {
      await unlessGone(docker.getNetwork(nameOrId).remove())
    },
    signal: async (id, signal) => {
      const container = docker.getContainer(id)
      if (signal === 'SIGSTOP') await unlessGone(container.pause())
      else if (signal === 'SIGCONT') await unlessGone(container.unpause())
      else await unlessGone(container.kill({ signal }))
    },
  }
}
