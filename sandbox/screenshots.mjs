// `npm run screenshots`: see screenshots.cts. This part needs no package, so that it can install them.
import { handOver, setUp } from './setup.mjs';

await setUp();
handOver('sandbox/screenshots.cts', process.argv.slice(2));
