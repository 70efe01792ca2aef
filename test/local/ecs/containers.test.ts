import { describeDocker } from '../../support/docker.ts'
import { containerContract, volumeContract } from './container-contract.ts'
import { DOCKER } from './container-kinds.ts'
import { hostNetworkContract } from './host-network-contract.ts'

describeDocker("a container of Docker's", () => containerContract(DOCKER))
describeDocker("a container of Docker's in its host's network", () => hostNetworkContract(DOCKER))
describeDocker("data of Docker's containers", () => volumeContract(DOCKER))
