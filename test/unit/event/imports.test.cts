import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(__dirname, '..', '..', '..', 'nodes', 'Kustomer', 'event');
const FILES = readdirSync(FOLDER);

it('what Kustomer sends is spread over several files', () => {
	expect(FILES).toContain('event.ts');
	expect(FILES.length).toBeGreaterThan(5);
});

it.each(FILES)(
	'event/%s uses nothing of n8n, and nothing of ours but the helpers for narrowing',
	(file) => {
		const text = readFileSync(join(FOLDER, file), 'utf8');
		const modules = [...text.matchAll(/(?:from|import|require\() ?'([^']+)'/g)].map(
			([, module]) => module,
		);
		expect(
			modules.filter((module) => !/^(\.\/\w+|\.\.\/narrowing|node:crypto)$/.test(module ?? '')),
		).toEqual([]);
	},
);
