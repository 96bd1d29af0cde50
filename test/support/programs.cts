import { canHave, type ProgramName } from '../../sandbox/services/programs.cts';

/**
 * For tests that need programs beside n8n. Use it in place of Jest's own, for the whole file:
 *
 *     const { describe, it } = withPrograms('redis', 'postgresql');
 *
 * Where one is missing the tests are skipped, and counted as such; with CI=true they fail instead.
 */
export function withPrograms(...names: ProgramName[]): { describe: jest.Describe; it: jest.It } {
	const areThere = names.every(canHave) || process.env.CI === 'true';
	return areThere ? { describe, it } : { describe: xdescribe, it: xit };
}
