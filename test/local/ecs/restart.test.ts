import { PROCESSES } from './container-kinds.ts'
import { killContract, stopContract } from './restart-contract.ts'

describe('after a kill -9 of the model', () => killContract(PROCESSES))
describe('a stop', () => stopContract(PROCESSES))
