import { describeDocker } from '../../support/docker.ts'
import { DOCKER } from './container-kinds.ts'
import { hostRestartContract } from './host-restart-contract.ts'
import { killContract, stopContract } from './restart-contract.ts'

describeDocker('with Docker, after a kill -9 of the model', () => killContract(DOCKER))
describeDocker('with Docker, to containers in the network of their host', () => hostRestartContract(DOCKER))
describeDocker('with Docker, a stop', () => stopContract(DOCKER))
