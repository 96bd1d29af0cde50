// `npm run bench`: what receiving and posting costs in a real n8n, side by side in one run.
import { handOver, setUp } from '../sandbox/setup.mjs';

await setUp();
handOver('bench/main.cts', process.argv.slice(2));
