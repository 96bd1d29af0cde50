import { spawn } from 'node:child_process';

/** One run of npm: where, with what, and what to put into the environment on top. */
export interface NpmRun {
	readonly cwd: string;
	readonly args: readonly string[];
	readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs npm quietly and resolves with what it printed.
 * @throws Error with the end of npm's output when npm fails.
 */
export async function npm({ cwd, args, env = {} }: NpmRun): Promise<string> {
	// On Windows npm is a .cmd file, which Node starts only through a shell.
	const shell = process.platform === 'win32';
	const child = spawn('npm', [...args], {
		cwd,
		shell,
		env: { ...withoutOuterNpm(process.env), ...env },
		stdio: ['ignore', 'pipe', 'pipe'],
		// A group of its own, so that a compiler that npm starts can be ended with it.
		detached: !shell,
	});
	const end = () => void (shell || child.pid === undefined || process.kill(-child.pid));
	process.once('exit', end);
	let output = '';
	child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
	child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
	const exitCode = await new Promise<number | null>((resolve, reject) => {
		child.once('error', reject);
		child.once('close', resolve);
	}).finally(() => process.off('exit', end));
	if (exitCode === 0) return output;
	throw new Error(`npm ${args.join(' ')} ended with ${exitCode} in ${cwd}:\n${gist(output)}`);
}

/** npm's own reason stands before its page of usage, a compiler's at the end. */
function gist(output: string): string {
	const [reason = ''] = output.split(/npm error (?:Usage:|A complete log)/);
	return reason.slice(-3000).trim();
}

/** `npm start` describes its own package to its children; a run of npm in another folder must not take that for its own. */
function withoutOuterNpm(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
	const foreign = /^(npm_package_|npm_lifecycle_|npm_config_local_prefix$|npm_command$|INIT_CWD$)/;
	return Object.fromEntries(Object.entries(env).filter(([name]) => !foreign.test(name)));
}
