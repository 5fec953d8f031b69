import js from '@eslint/js';
import regexp from 'eslint-plugin-regexp';
import tseslint from 'typescript-eslint';

/** @type {(selector: string, message: string) => { selector: string, message: string }} */
const banned = (selector, message) => ({ selector, message });

export default tseslint.config(
  { ignores: ['node_modules/', 'coverage/'] },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      'no-undef': 'off', // the type checker knows better
      'no-console': 'error',
      eqeqeq: 'error',
      // `await import()` of a module with such an export never comes to an end: it looks like a promise.
      'no-restricted-exports': ['error', { restrictedNamedExports: ['then'] }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'no-restricted-syntax': [
        'error',
        banned('TSEnumDeclaration', 'Use a union of string literals.'),
        banned('ExportDefaultDeclaration', 'Use named exports.'),
      ],
    },
  },
  {
    // Text of others must not decide how long a regular expression takes: twice the text, twice the time.
    files: ['**/*.ts', '**/*.js'],
    ignores: ['test/**', 'bench/**'],
    plugins: { regexp },
    rules: {
      'regexp/no-super-linear-backtracking': ['error', { report: 'potential' }],
      'regexp/no-super-linear-move': ['error', { report: 'potential', ignoreSticky: true }],
    },
  },
  {
    files: ['eslint.config.js', '.mocharc.cjs', '.mocharc.programs.cjs'],
    extends: [tseslint.configs.disableTypeChecked],
    rules: { 'no-restricted-syntax': 'off', '@typescript-eslint/no-require-imports': 'off' },
  },
  { files: ['**/*.js'], rules: { '@typescript-eslint/consistent-type-imports': 'off' } },
  {
    files: ['test/**/*.ts'],
    rules: {
      // chai's assertions are expressions; tests may look into things that the code may not.
      '@typescript-eslint/no-unused-expressions': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/require-await': 'off',
    },
  },
);
