import type { Python } from './python.ts'
import { type Server, startServer } from './server.ts'

/** The emulator that the models are compared with. */
export const startMoto = (python: Python, account: string): Promise<Server> =>
  startServer(python, {
    module: 'moto.server',
    args: (port) => ['-H', '127.0.0.1', '-p', String(port)],
    health: '/moto-api/data.json',
    variables: () => ({ MOTO_ACCOUNT_ID: account, NO_PROXY: '*' }),
  })
