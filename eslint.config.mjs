import js from '@eslint/js'
import jest from 'eslint-plugin-jest'
import prettier from 'eslint-config-prettier'
import tseslint from 'typescript-eslint'

const noForeignHttp = {
  // nock sees global fetch but not undici's own functions: a call through them would leave the test machine.
  paths: [{ name: 'undici', message: 'Call the world with global fetch.' }],
}

const onlyConfigReadsEnvironment = [
  {
    object: 'process',
    property: 'env',
    message: 'Declare the setting in src/adapters/config; nobody else reads the environment.',
  },
]

export default tseslint.config(
  {
    ignores: [
      'dist/',
      'coverage/',
      'data/',
      '.cache/',
      'node_modules/',
      'console/',
      '**/assets/',
      '**/samples/',
    ],
  },
  js.configs.recommended,
  {
    files: ['**/*.{mjs,cjs,js}'],
    languageOptions: {
      ecmaVersion: 2024,
      globals: {
        process: 'readonly',
        console: 'readonly',
        module: 'writable',
        require: 'readonly',
        URL: 'readonly',
        Buffer: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
        performance: 'readonly',
        fetch: 'readonly',
        AbortSignal: 'readonly',
      },
    },
  },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Ports return promises; their twins in memory have nothing to wait for.
      '@typescript-eslint/require-await': 'off',
      'no-restricted-imports': ['error', noForeignHttp],
      eqeqeq: 'error',
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/adapters/config/**'],
    rules: {
      'no-restricted-properties': ['error', ...onlyConfigReadsEnvironment],
      'no-restricted-imports': [
        'error',
        { ...noForeignHttp, patterns: [{ regex: '^(node:)?process$', message: 'Use the global process.' }] },
      ],
    },
  },
  {
    files: ['test/**/*.ts'],
    extends: [jest.configs['flat/recommended']],
    languageOptions: { globals: jest.environments.globals.globals },
    settings: { jest: { version: 30, globalPackage: '@jest/globals' } },
    rules: {
      // Suites are shared: one function of expectations runs for the memory twin and for the real adapter.
      'jest/expect-expect': [
        'error',
        { assertFunctionNames: ['expect*', '**.expect*', 'fc.assert', '*Refuses*', '*.expect'] },
      ],
      'jest/no-export': 'off',
      'jest/no-standalone-expect': 'off',
      'jest/no-conditional-expect': 'off',
      // A skipped test states its reason beside it (a folder that is not there, a tool that is not installed).
      'jest/no-disabled-tests': 'off',
      'jest/valid-title': 'off',
      'jest/no-done-callback': 'error',
      'jest/no-focused-tests': 'error',
      // Bodies of answers are read loosely in tests: an assertion is what types them.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  prettier,
)
