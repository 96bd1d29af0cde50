import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

/** What a set of processes has used. */
export interface Usage {
	readonly cpuSeconds: number;
	/** Resident memory of all together, MB. */
	readonly rssMb: number;
}

// Linux's USER_HZ, the same on every platform that Node runs on.
const TICKS_A_SECOND = 100;
const PAGE_BYTES = 4_096;
const IDLE_SHARE = 0.06;

/**
 * Reads it from /proc, for whole process groups: n8n's task runners belong to it.
 * @param leaders ids of the groups' leaders
 */
export async function usageOf(leaders: readonly number[]): Promise<Usage> {
	const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
	const stats = await Promise.all(
		pids.map(async (pid) => await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')),
	);
	let ticks = 0;
	let pages = 0;
	for (const stat of stats) {
		// The program's name, in parentheses, may hold spaces.
		const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
		if (!leaders.includes(Number(fields[2]))) continue;
		ticks += Number(fields[11]) + Number(fields[12]);
		pages += Number(fields[21]);
	}
	return { cpuSeconds: ticks / TICKS_A_SECOND, rssMb: (pages * PAGE_BYTES) / 1e6 };
}

/** Waits until the processes have nothing to do any more, at most two minutes. */
export async function untilIdle(leaders: readonly number[]): Promise<void> {
	const LOOK_MS = 500;
	for (let looks = 0, quiet = 0; looks < 240 && quiet < 2; looks++) {
		const { cpuSeconds } = await usageOf(leaders);
		await delay(LOOK_MS);
		const used = (await usageOf(leaders)).cpuSeconds - cpuSeconds;
		quiet = used <= (LOOK_MS / 1_000) * IDLE_SHARE * leaders.length ? quiet + 1 : 0;
	}
}

/** Follows the highest memory until `end` is called, which returns it in MB. */
export function watchPeak(leaders: readonly number[]): { end(): Promise<number> } {
	let peak = 0;
	let going = true;
	const watching = (async () => {
		while (going) {
			peak = Math.max(peak, (await usageOf(leaders)).rssMb);
			await delay(150);
		}
	})();
	return {
		end: async () => {
			going = false;
			await watching;
			return peak;
		},
	};
}
