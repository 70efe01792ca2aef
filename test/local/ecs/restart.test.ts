import { PROCESSES } from './container-kinds.ts'
import { hostRestartContract } from './host-restart-contract.ts'
import { killContract, stopContract } from './restart-contract.ts'

describe('after a kill -9 of the model', () => killContract(PROCESSES))
describe('to processes in the network of their host', () => hostRestartContract(PROCESSES))
describe('a stop', () => stopContract(PROCESSES))
