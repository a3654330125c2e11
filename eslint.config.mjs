import tseslint from 'typescript-eslint';

export default tseslint.config(
  {ignores: ['dist/', 'coverage/', 'node_modules/', '.reports/']},
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: {
          allowDefaultProject: [
            '*.js',
            'scripts/*.cjs',
            'scripts/*/*.cjs',
            'scripts/*.mjs',
            'scripts/*/*.mjs',
          ],
        },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      'max-lines': ['error', {max: 250, skipBlankLines: false, skipComments: false}],
      'max-lines-per-function': ['error', {max: 50, skipBlankLines: true, skipComments: true}],
      'max-params': ['error', 4],
      'no-empty': ['error', {allowEmptyCatch: false}],
      'no-console': 'error',
      eqeqeq: 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', {allowNumber: true}],
      '@typescript-eslint/no-confusing-void-expression': ['error', {ignoreArrowShorthand: true}],
      // client-node's generated classes serve as shapes of JSON here; nothing calls their constructors.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-unnecessary-condition': ['error', {allowConstantLoopConditions: true}],
      // The reason of an AbortSignal and a caught value are rethrown as they are.
      '@typescript-eslint/only-throw-error': [
        'error',
        {allowThrowingUnknown: true, allowThrowingAny: true},
      ],
      '@typescript-eslint/prefer-promise-reject-errors': [
        'error',
        {allowThrowingUnknown: true, allowThrowingAny: true},
      ],
    },
  },
  {
    files: ['test/**', 'scripts/**', 'dev-cluster/**'],
    rules: {
      'max-lines-per-function': 'off',
      'no-console': 'off',
    },
  },
  {files: ['**/*.cjs'], rules: {'@typescript-eslint/no-require-imports': 'off'}},
  {files: ['**/*.js', '**/*.cjs', '**/*.mjs'], extends: [tseslint.configs.disableTypeChecked]},
);
