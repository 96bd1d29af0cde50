// node guarded.cjs <uid> <gid> <program> [arguments]: runs a program that ends with the process that started this one,
// however that goes: its end of the pipe closes. -1 keeps the user.
const { spawn } = require('node:child_process');

const [uid, gid, program, ...args] = process.argv.slice(2);
const child = spawn(program, args, {
	stdio: ['ignore', 'inherit', 'inherit'],
	...(uid === '-1' ? {} : { uid: Number(uid), gid: Number(gid) }),
});
const end = (signal) => () => child.kill(signal);
process.stdin.resume();
process.stdin.once('close', end('SIGKILL'));
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, end(signal));
child.once('error', (error) => {
	console.error(error.message);
	process.exit(127);
});
child.once('exit', (code) => process.exit(code ?? 1));
