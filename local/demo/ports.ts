import { createServer } from 'node:net'
import { Trouble } from './trouble.ts'

/** Whether nobody listens there; somebody else may a moment later. */
const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })

/** @throws Trouble when the port that was asked for cannot be had */
export async function refuseTakenPort(port: number | undefined): Promise<void> {
  if (port === undefined || port === 0 || (await isFree(port))) return
  throw new Trouble(`Port ${port} cannot be listened on: it is taken, or not allowed.`, 'Name another one with --port; 0 takes a free one.')
}
