/** Tests run as ES modules under Node's own loader; swc only strips the types. */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, module: { type: 'es6' } }],
  },
  testTimeout: 60_000,
  // Most of what tests do is waiting, for nodes above all: with the default, one fewer than there are cores, two cores would do one at a time.
  maxWorkers: '100%',
}
