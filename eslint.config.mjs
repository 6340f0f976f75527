import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const timers = ['setTimeout', 'setInterval', 'setImmediate'];

const noBarrel = {
  selector: 'ExportAllDeclaration',
  message: 'A folder has one narrow door: name what you export.',
};

export default defineConfig(
  globalIgnores(['dist/', 'coverage/', 'proto/gen/', '.data/', '.tools/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      // A memory adapter is async because its port is: what it throws must reject.
      '@typescript-eslint/require-await': 'off',
      // Asks for `!`, which is not allowed.
      '@typescript-eslint/non-nullable-type-assertion-style': 'off',
      eqeqeq: 'error',
      'no-restricted-syntax': ['error', noBarrel],
    },
  },
  {
    files: ['src/**', 'actors/**'],
    ignores: ['src/cli/**', 'src/setup/**'],
    rules: { 'no-console': 'error' },
  },
  {
    // The core is a function: time and chance are arguments, and nothing is awaited.
    files: ['actors/**/*.ts'],
    ignores: ['actors/**/*-actor.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        { name: 'Date', message: 'Take the time as an argument, in milliseconds (DecisionContext.nowMs).' },
        ...timers.map((name) => ({ name, message: 'Return a deadline; the runtime owns the timers.' })),
        ...['queueMicrotask', 'performance', 'process', 'crypto', 'fetch', 'console'].map((name) => ({
          name,
          message: 'The domain is pure: take what you need as an argument.',
        })),
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'Take chance as an argument (DecisionContext.freshToken).' },
      ],
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: '^node:', message: 'The domain is pure: no I/O, no Node. Use a port in src/runtime.' }] },
      ],
      'no-restricted-syntax': [
        'error',
        noBarrel,
        { selector: ':function[async=true]', message: 'The domain decides synchronously; waiting is for src/runtime.' },
      ],
    },
  },
  {
    // Simulation replaces clock and chance, so nothing here may go round them.
    files: ['src/runtime/**/*.ts', 'src/cluster/**/*.ts'],
    ignores: ['src/runtime/system-*.ts', 'src/cluster/redis/**'],
    rules: {
      'no-restricted-globals': [
        'error',
        { name: 'performance', message: 'Use Clock.monotonic(); src/runtime/system-clock.ts is the driver.' },
        { name: 'crypto', message: 'Use the Randomness port.' },
        ...timers.map((name) => ({ name, message: 'Use Clock.after() or Clock.soon().' })),
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Use Clock.now().' },
        { object: 'Math', property: 'random', message: 'Use Randomness.fraction().' },
      ],
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { regex: '^node:(timers|perf_hooks)', message: 'Use the Clock port.' },
            { regex: '^node:crypto$', allowImportNames: ['createHash'], message: 'Use the Randomness port.' },
          ],
        },
      ],
      'no-restricted-syntax': [
        'error',
        noBarrel,
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Use Clock.now().' },
      ],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // chai: expect(x).to.be.true
      'no-unused-expressions': 'off',
      '@typescript-eslint/no-unused-expressions': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      // call(client.seats, client.seats.holdSeats, ...) names the method and its client.
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    // A run must depend on its seed alone.
    files: ['test/simulation/**/*.ts'],
    ignores: ['test/simulation/main.ts', 'test/simulation/kernel/microtasks.ts', 'test/simulation/**/*.test.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...['performance', 'crypto', ...timers].map((name) => ({ name, message: 'Use the Kernel, or a HostClock.' })),
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Use Kernel.nowMs, or a HostClock.' },
        { object: 'Math', property: 'random', message: 'Draw from a Prng.' },
      ],
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: '^node:(timers|perf_hooks|crypto)', message: 'A run must depend on its seed alone.' }] },
      ],
    },
  },
  {
    files: ['**/*.mjs', '**/*.cjs'],
    languageOptions: {
      globals: Object.fromEntries(
        ['Buffer', 'URL', 'clearInterval', 'module', 'performance', 'process', 'setImmediate', ...timers].map(
          (name) => [name, 'readonly'],
        ),
      ),
    },
  },
  prettier,
);
