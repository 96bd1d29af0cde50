// `npm run test:soak`: whether n8n with the trigger stays as it is under load for a long time.
import { handOver, setUp } from '../sandbox/setup.mjs';

await setUp();
handOver('test/soak/soak.cts', process.argv.slice(2));
