import { availableParallelism } from 'node:os';

/** Native ES modules, TypeScript stripped by swc, no module mocked. */
export default {
  testEnvironment: '<rootDir>/test/support/environment.mjs',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'es6' }, sourceMaps: 'inline' },
    ],
    // The SDK's endpoint rules are no part of its index, and are published as ES modules in all but name.
    'dist-es/endpoint/.+\\.js$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'ecmascript' }, target: 'es2022' }, module: { type: 'commonjs' } },
    ],
  },
  transformIgnorePatterns: ['/node_modules/(?!@aws-sdk/client-[a-z]+/dist-es/endpoint/)'],
  testTimeout: 120_000,
  // Jest leaves one core to itself; most files wait for processes and clocks.
  maxWorkers: availableParallelism() + 1,
};
