import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Where the last measured results stand. */
export const RESULTS = resolve(__dirname, 'results');

/** What one long fault run counted. */
export interface Fault {
	readonly what: string;
	/** The day, as 2026-11-30. */
	readonly date: string;
	readonly counts: Readonly<Record<string, unknown>>;
}

/** What one long run under half of the possible load saw. */
export interface Soak {
	readonly engine: string;
	readonly date: string;
	readonly minutes: number;
	/** Deliveries per second while it lasted. */
	readonly perSecond: number;
	readonly counts: Readonly<Record<string, number>>;
	/** Medians of the middle and of the last third. */
	readonly middle: Readonly<Record<string, number>>;
	readonly end: Readonly<Record<string, number>>;
	readonly isFine: boolean;
}

/** Puts it in the place of what was recorded under the same name before. */
export function recordFault(fault: Fault): void {
	const others = recordedFaults().filter(({ what }) => what !== fault.what);
	write('faults.json', [...others, fault]);
}

export function recordSoak(soak: Soak): void {
	const others = recordedSoaks().filter(({ engine }) => engine !== soak.engine);
	write('soak.json', [...others, soak]);
}

export function recordedFaults(): Fault[] {
	return read<Fault[]>('faults.json') ?? [];
}

export function recordedSoaks(): Soak[] {
	return read<Soak[]>('soak.json') ?? [];
}

/** @returns undefined where the file is not there yet */
export function read<T>(name: string, folder = RESULTS): T | undefined {
	const file = join(folder, name);
	return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as T) : undefined;
}

export function write(name: string, content: unknown, folder = RESULTS): void {
	mkdirSync(folder, { recursive: true });
	writeFileSync(join(folder, name), `${JSON.stringify(content, null, '\t')}\n`);
}
