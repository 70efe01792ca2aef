import type { Python } from './python.ts'
import { type Server, startServer } from './server.ts'

/**
 * The emulator that the template is deployed into.
 * @param functionVariables what its functions find in their environment beside their own: an emulator hands its own environment on
 */
export const startMinistack = (
  python: Python,
  account: string,
  region: string,
  functionVariables: Record<string, string>,
): Promise<Server> =>
  startServer(python, {
    module: 'ministack',
    args: () => [],
    health: '/_ministack/health',
    variables: (port) => ({
      GATEWAY_PORT: String(port),
      BIND_HOST: '127.0.0.1',
      MINISTACK_HOST: '127.0.0.1',
      MINISTACK_ACCOUNT_ID: account,
      MINISTACK_REGION: region,
      // Functions run on this machine's Node; nothing of it needs containers, and these two would take ports of their own.
      LAMBDA_EXECUTOR: 'local',
      DOCKER_HOST: 'unix:///nonexistent',
      SFTP_ENABLED: '0',
      IOT_MTLS_ENABLED: '0',
      ...functionVariables,
    }),
  })
