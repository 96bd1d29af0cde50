// tsc leaves behind what is not TypeScript; n8n reads these files from dist beside the compiled nodes.
const { mkdirSync, writeFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const { dest, series, src } = require('gulp');

const NODE = join(__dirname, 'dist', 'nodes', 'Kustomer');

function assets() {
	return src(
		['{nodes,credentials}/**/*.svg', 'nodes/**/*.node.json', 'nodes/**/__schema__/**/*.json'],
		{ base: '.', encoding: false },
	).pipe(dest('dist'));
}

/** What the operations of records return, so that the editor offers it before the first run. */
async function schemas() {
	const { RECORD_KINDS } = require(join(NODE, 'actions', 'records', 'kinds.js'));
	const { schemaOf } = require(join(NODE, 'actions', 'records', 'schema.js'));
	for (const kind of RECORD_KINDS) {
		for (const operation of kind.operations) {
			const file = join(NODE, '__schema__', 'v1.0.0', kind.value, `${operation}.json`);
			mkdirSync(dirname(file), { recursive: true });
			writeFileSync(file, JSON.stringify(schemaOf(kind, operation)));
		}
	}
}

exports.default = series(assets, schemas);
