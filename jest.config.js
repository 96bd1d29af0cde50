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
	watchPathIgnorePatterns: ['<rootDir>/.cache/', '<rootDir>/dist/'],
};

// Real servers and real clocks, hence more than one try.
const setupFilesAfterEnv = ['<rootDir>/test/support/retries.cts'];
const real = { ...common, setupFilesAfterEnv };

/** @type {import('jest').Config} */
module.exports = {
	// For `npm run test:coverage`. V8 counts what runs, without changing the code: two functions run as
	// the text of an expression, where the counters of an instrumented one would be missing.
	coverageProvider: 'v8',
	// What holds types only never runs.
	collectCoverageFrom: ['{nodes,credentials}/**/*.ts', '!nodes/Kustomer/actions/operation.ts'],
	coverageDirectory: '<rootDir>/.cache/coverage',
	coverageReporters: [['text', { skipFull: true }], 'html'],
	coverageThreshold: { global: { lines: 98, branches: 98 } },
	projects: [
		// Five seconds are too few for the longest of them on a machine that is busy with other things.
		{
			...common,
			displayName: 'unit',
			testMatch: ['<rootDir>/test/unit/**/*.test.cts'],
			testTimeout: 30_000,
		},
		{ ...common, displayName: 'scan', testMatch: ['<rootDir>/test/scan/*.test.cts'] },
		{ ...real, displayName: 'e2e', testMatch: ['<rootDir>/test/e2e/**/*.test.cts'] },
		{ ...real, displayName: 'faults', testMatch: ['<rootDir>/test/faults/*.test.cts'] },
	],
};
