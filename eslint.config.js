// Lint rules: typescript-eslint's strictest typed set, plus the house rules that a linter can check.
import tseslint from 'typescript-eslint';

const BROWSER_NAMES =
  'document window location history navigator localStorage sessionStorage matchMedia getComputedStyle getSelection ' +
  'requestAnimationFrame setTimeout clearTimeout addEventListener scrollTo scrollY innerWidth URLSearchParams';
const BROWSER = {
  ...Object.fromEntries(BROWSER_NAMES.split(' ').map((name) => [name, 'readonly'])),
  uPlot: 'readonly',
  remuster: 'writable',
};

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'results/', 'docker/'] },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      'max-lines': ['error', { max: 300, skipComments: true, skipBlankLines: true }],
    },
  },
  {
    // What runs in the browser, inlined into report.html: each file is a block of one script, and shares only `remuster`.
    files: ['page/**/*.js'],
    languageOptions: { sourceType: 'script', ecmaVersion: 2023, globals: BROWSER },
    rules: {
      'no-undef': 'error',
      'no-unused-vars': 'error',
      'no-redeclare': 'error',
      'no-var': 'off',
      'prefer-const': 'error',
      eqeqeq: 'error',
      'max-lines': ['error', { max: 300, skipComments: true, skipBlankLines: true }],
      // Text of a run must never become markup.
      'no-restricted-properties': [
        'error',
        ...['innerHTML', 'outerHTML', 'insertAdjacentHTML', 'write'].map((property) => ({ property })),
      ],
    },
  },
);
