/** Jest runs the tests; Node itself loads them, and what they test, as it does in production. */
export default {
  testEnvironment: 'node',
  runtime: '<rootDir>/tests/support/jest/runtime.ts',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {},
  testMatch: ['<rootDir>/tests/**/*.test.ts'],
  testTimeout: 120_000,
  maxWorkers: 2,
};
