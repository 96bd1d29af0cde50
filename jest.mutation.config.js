const { projects } = require('./jest.config.js');

/**
 * For Stryker, which knows no projects: the tests of the pure core alone, so that a mutant is
 * judged in a moment, and without a second try, which would make three of each mutant that fails.
 *
 * @type {import('jest').Config}
 */
module.exports = {
	...projects[0],
	testMatch: ['<rootDir>/test/unit/{event,trigger/memory,trigger/registration,actions/inboundHook}/**/*.test.cts'],
	setupFilesAfterEnv: [],
};
