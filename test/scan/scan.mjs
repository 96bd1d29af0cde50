// Runs n8n's own check of a community package on a folder and prints its verdict as JSON. Its own process, because
// the scanner is an ES module with packages of its own: it is given as a folder, since it is installed elsewhere.
//   node scan.mjs <folder with the scanner's node_modules> <folder of the package> source|dist
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [scannerFolder = '', packageFolder = '', what = ''] = process.argv.slice(2);
const file = join(scannerFolder, 'node_modules/@n8n/scan-community-package/scanner/scanner.mjs');
const { analyzePackage, SOURCE_FILE_PATTERNS } = await import(pathToFileURL(file).href);
const patterns = what === 'source' ? SOURCE_FILE_PATTERNS : ['package.json', '**/*.js'];
const { passed, message = '', details = '' } = await analyzePackage(packageFolder, patterns);
console.log(JSON.stringify({ passed, message, details }));
