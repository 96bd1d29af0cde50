// `npm start`: see start.cts. This part needs no package, so that it can install them.
import { handOver, setUp } from './setup.mjs';

await setUp();
handOver('sandbox/start.cts', process.argv.slice(2));
