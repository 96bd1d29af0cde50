import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A program that some tests need beside n8n. */
interface Program {
	readonly name: string;
	/** What it is called in a folder of PATH. */
	readonly commands: readonly string[];
	/** Where it may be, too. */
	readonly places?: readonly string[];
	/** npm has it too, for Linux on x64. */
	readonly isOnNpm?: boolean;
	readonly apt: string;
	readonly brew: string;
}

export type ProgramName = 'chromium' | 'postgresql' | 'redis';

const PROGRAMS: Readonly<Record<ProgramName, Program>> = {
	chromium: {
		name: 'Chromium or Chrome',
		commands: ['chromium', 'chromium-browser', 'google-chrome'],
		places: [
			process.env.CHROMIUM_PATH ?? '',
			'/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
			'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
		],
		isOnNpm: true,
		apt: 'chromium',
		brew: 'google-chrome',
	},
	postgresql: {
		name: 'PostgreSQL',
		commands: ['initdb'],
		places: [18, 17, 16, 15, 14, 13].flatMap((version) => [
			`/usr/lib/postgresql/${version}/bin/initdb`,
			`/opt/homebrew/opt/postgresql@${version}/bin/initdb`,
		]),
		isOnNpm: true,
		apt: 'postgresql',
		brew: 'postgresql@17',
	},
	redis: { name: 'Redis', commands: ['redis-server'], apt: 'redis-server', brew: 'redis' },
};

/** @returns where this machine has the program; undefined if it has none */
export function ownProgram(name: ProgramName): string | undefined {
	const { commands, places = [] } = PROGRAMS[name];
	const folders = (process.env.PATH ?? '').split(delimiter);
	const inPath = commands.flatMap((command) => folders.map((folder) => join(folder, command)));
	return [...places, ...inPath].find((path) => existsSync(path));
}

/** @returns whether this machine has the program or can get it from npm */
export function canHave(name: ProgramName): boolean {
	const isLinuxX64 = process.platform === 'linux' && process.arch === 'x64';
	return ownProgram(name) !== undefined || (PROGRAMS[name].isOnNpm === true && isLinuxX64);
}

/** @returns the programs that this machine neither has nor can get from npm */
export function missingPrograms(): ProgramName[] {
	return (Object.keys(PROGRAMS) as ProgramName[]).filter((name) => !canHave(name));
}

/** @returns in words, which programs are missing and which command brings them */
export function howToInstall(names: readonly ProgramName[]): { missing: string; command: string } {
	const programs = names.map((name) => PROGRAMS[name]);
	const isMac = process.platform === 'darwin';
	const packages = programs.map(({ apt, brew }) => (isMac ? brew : apt)).join(' ');
	return {
		missing: programs.map(({ name }) => name).join(', '),
		command: isMac ? `brew install ${packages}` : `sudo apt-get install ${packages}`,
	};
}

/** @returns the error for a test that needs the program */
export function notInstalled(name: ProgramName): Error {
	const { missing, command } = howToInstall([name]);
	return new Error(`${missing} is not installed. To install it: ${command}`);
}
