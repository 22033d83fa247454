/**
 * Tests run as ES modules straight from TypeScript (swc), so relative imports end in `.ts` here as in the source.
 * Start jest with `node --experimental-vm-modules` (`npm run test:only` does).
 *
 * @type {import('jest').Config}
 */
export default {
  testEnvironment: 'node',
  // nock keeps what it put on the globals of one file when the next one starts in the same process.
  testEnvironmentOptions: { globalsCleanup: 'off' },
  roots: ['<rootDir>/test', '<rootDir>/src'],
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { target: 'es2023', parser: { syntax: 'typescript' } },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  // Servers start when the first test asks for one, and stop with jest.
  globalSetup: '<rootDir>/test/servers/global-setup.ts',
  globalTeardown: '<rootDir>/test/servers/global-teardown.ts',
  setupFiles: ['<rootDir>/test/setup/errors.ts'],
  setupFilesAfterEnv: ['<rootDir>/test/setup/network.ts'],
  // Integration tests start real servers; a slow machine gets time, a healthy one never notices.
  testTimeout: 120_000,
  // Two cores are the smallest machine we measure on; more workers there only wait for each other.
  maxWorkers: '100%',
  reporters: ['default', '<rootDir>/test/setup/closing-line.mjs'],
  modulePathIgnorePatterns: ['<rootDir>/dist'],
  coveragePathIgnorePatterns: ['/node_modules/', '<rootDir>/test/'],
}
