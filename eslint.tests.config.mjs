// `npm run lint:tests`: the TypeScript that n8n's own rules in eslint.config.mjs, which must stay as they are, pass over.
import tseslint from 'typescript-eslint';

export default tseslint.config(
	{
		files: ['**/*.cts'],
		extends: [tseslint.configs.recommendedTypeChecked],
		languageOptions: {
			parserOptions: { project: 'tsconfig.dev.json', tsconfigRootDir: import.meta.dirname },
		},
		linterOptions: { reportUnusedDisableDirectives: 'error' },
		rules: {
			'@typescript-eslint/no-non-null-assertion': 'error',
			'@typescript-eslint/no-unused-vars': ['error', { args: 'none', ignoreRestSiblings: true }],
			// What is loaded this way is known only when it runs: n8n's files, and packages in the cache.
			'@typescript-eslint/no-require-imports': 'off',
			// Parameters and JSON are `unknown`, and in a text whatever they are shows what went wrong.
			'@typescript-eslint/no-base-to-string': 'off',
			// Stand-ins return the promises that an interface asks for, and have nothing to wait for.
			'@typescript-eslint/require-await': 'off',
		},
	},
	{
		files: ['**/*.test.cts'],
		// Jest's matchers, as in `{ id: expect.any(String) }`, are of the type any.
		rules: { '@typescript-eslint/no-unsafe-assignment': 'off' },
	},
);
