// Mutation tests of the pure core: each change that Stryker makes to the code must fail a test.
import jest from './jest.config.js';

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
	mutate: [
		'nodes/Kustomer/event/**/*.ts',
		'nodes/Kustomer/trigger/memory/*.ts',
		'nodes/Kustomer/trigger/registration/{address,lookStep,reconcile,refusal,webhookNames}.ts',
		'nodes/Kustomer/actions/inboundHook/{content,email,hookAddress,limit,postFields}.ts',
	],
	testRunner: 'jest',
	// Stryker knows no projects. The tests of the pure core alone judge a mutant in a moment.
	jest: {
		projectType: 'custom',
		config: {
			...jest.projects[0],
			testMatch: [
				'<rootDir>/test/unit/{event,trigger/memory,trigger/registration,actions/inboundHook}/**/*.test.cts',
			],
		},
	},
	coverageAnalysis: 'perTest',
	// Tables and texts that are made when a file is loaded would run every test for every entry.
	ignoreStatic: true,
	concurrency: 2,
	// A machine that is busy with other things must not make a mutant look killed.
	timeoutMS: 15_000,
	// What the tests of pure code do not load need not be copied.
	ignorePatterns: [
		'/dist',
		'/deploy',
		'/examples',
		'/sandbox',
		'/test/e2e',
		'/test/scan',
		'/bench',
	],
	tempDirName: '.cache/mutation',
	reporters: ['clear-text', 'dots', 'json', 'html'],
	clearTextReporter: { allowColor: false, logTests: false, allowEmojis: false },
	jsonReporter: { fileName: '.cache/mutation.json' },
	htmlReporter: { fileName: '.cache/mutation.html' },
	thresholds: { high: 95, low: 90, break: 90 },
};
