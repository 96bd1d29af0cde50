// `npm run check:organization`: what of "What is not yet confirmed" in the README holds for a real organization.
import { handOver, setUp } from './setup.mjs';

await setUp();
handOver('sandbox/check/cli.cts', process.argv.slice(2));
