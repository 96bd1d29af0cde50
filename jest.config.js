const transform = {
	'\\.(ts|cts)$': [
		'@swc/jest',
		{
			jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
			module: { type: 'commonjs' },
		},
	],
};
const common = {
	testEnvironment: 'node',
	transform,
	moduleFileExtensions: ['js', 'cjs', 'ts', 'cts', 'json'],
	modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/sandbox/n8n/', '<rootDir>/.cache/'],
	setupFilesAfterEnv: ['<rootDir>/test/support/retries.cts'],
	watchPathIgnorePatterns: ['<rootDir>/.cache/', '<rootDir>/dist/'],
};

/** @type {import('jest').Config} */
module.exports = {
	projects: [
		{ ...common, displayName: 'unit', testMatch: ['<rootDir>/test/unit/**/*.test.cts'] },
		{ ...common, displayName: 'scan', testMatch: ['<rootDir>/test/scan/*.test.cts'] },
		{ ...common, displayName: 'e2e', testMatch: ['<rootDir>/test/e2e/**/*.test.cts'] },
	],
};
