import { describeDocker } from '../../support/docker.ts'
import { containerContract, volumeContract } from './container-contract.ts'
import { DOCKER } from './container-kinds.ts'

describeDocker("a container of Docker's", () => containerContract(DOCKER))
describeDocker("data of Docker's containers", () => volumeContract(DOCKER))
