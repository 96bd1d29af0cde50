// tsc leaves behind what is not TypeScript; n8n reads these files from dist beside the compiled nodes.
const { src, dest } = require('gulp');

function assets() {
	return src(
		['{nodes,credentials}/**/*.svg', 'nodes/**/*.node.json', 'nodes/**/__schema__/**/*.json'],
		{ base: '.', encoding: false },
	).pipe(dest('dist'));
}

exports.default = assets;
