// The last step of `npm run build`: lays beside the compiled nodes what tsc leaves behind and n8n reads from dist/.
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const NODE = join(import.meta.dirname, 'dist', 'nodes', 'Kustomer');

for (const folder of ['nodes', 'credentials']) {
	cpSync(folder, join('dist', folder), {
		recursive: true,
		filter: (path) => !path.endsWith('.ts'),
	});
}

// What the operations of records return, so that the editor offers it before the first run.
const require = createRequire(import.meta.url);
const { RECORD_KINDS } = require(join(NODE, 'actions', 'records', 'kinds.js'));
const { schemaOf } = require(join(NODE, 'actions', 'records', 'schema.js'));
for (const kind of RECORD_KINDS) {
	for (const operation of [...kind.operations, ...(kind.verbs ?? []), ...(kind.others ?? [])]) {
		const file = join(NODE, '__schema__', 'v1.0.0', kind.value, `${operation}.json`);
		mkdirSync(dirname(file), { recursive: true });
		writeFileSync(file, JSON.stringify(schemaOf(kind, operation)));
	}
}
