// Loaded into n8n before anything else (node --require). Its standard input is a pipe whose other end the starting
// process holds: when that process is gone, however it went, the pipe closes and n8n and what it started end too.
const { basename } = require('node:path');
const { isMainThread } = require('node:worker_threads');

// n8n's worker threads and forks inherit --require, but have another standard input.
if (isMainThread && basename(process.argv[1] ?? '') === 'n8n') {
	process.stdin.resume();
	process.stdin.once('close', () => {
		try {
			if (process.platform !== 'win32') process.kill(-process.pid, 'SIGKILL');
		} finally {
			process.exit(1);
		}
	});
}
