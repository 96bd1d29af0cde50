import { Cached, type CacheLimits } from '../../../../nodes/Kustomer/trigger/memory/cache';

type Read = () => Promise<readonly string[]>;

class Secrets extends Cached<readonly string[]> {}

const LIMITS: CacheLimits = { mismatchIntervalMs: 10_000, failurePauseMs: 1_000 };
const AGING: CacheLimits = { ...LIMITS, maxAgeMs: 60_000 };

/** A source of secrets that counts how often it is read. */
class Source {
	reads = 0;

	constructor(public secrets: string[] | Error) {}

	readonly read: Read = async () => {
		this.reads += 1;
		if (this.secrets instanceof Error) throw this.secrets;
		return await Promise.resolve(this.secrets);
	};
}

/** A source that answers when it is told to. */
class SlowSource {
	reads = 0;

	answer: (secrets: string[]) => void = () => {};

	fail: (error: Error) => void = () => {};

	readonly read: Read = () => {
		this.reads += 1;
		return new Promise((resolve, reject) => {
			this.answer = resolve;
			this.fail = reject;
		});
	};
}

describe('the secrets', () => {
	it('are not known before they were read', () => {
		expect(new Secrets(LIMITS).known(0)).toBeUndefined();
		expect(new Secrets(AGING).known(0)).toBeUndefined();
	});

	it('are read at the first delivery, and known to the next', async () => {
		const [cache, source] = [new Secrets(LIMITS), new Source(['a'])];
		await expect(cache.get(source.read, 0)).resolves.toEqual(['a']);
		await expect(cache.get(source.read, 1)).resolves.toEqual(['a']);
		expect(cache.known(2)).toEqual(['a']);
		expect(source.reads).toBe(1);
	});

	it('are not read at all when they were put there', async () => {
		const [cache, source] = [new Secrets(LIMITS), new Source(['other'])];
		cache.put(['a'], 0);
		await expect(cache.get(source.read, 1)).resolves.toEqual(['a']);
		expect(source.reads).toBe(0);
	});

	it('are read once for all deliveries that wait', async () => {
		const [cache, source] = [new Secrets(LIMITS), new SlowSource()];
		const waiting = [0, 1, 2].map((ms) => cache.get(source.read, ms));
		source.answer(['a']);
		await expect(Promise.all(waiting)).resolves.toEqual([['a'], ['a'], ['a']]);
		expect(source.reads).toBe(1);
	});

	it('are kept for the life of the process where no age is set', async () => {
		const [cache, source] = [new Secrets(LIMITS), new Source(['a'])];
		await cache.get(source.read, 0);
		expect(cache.known(Number.MAX_SAFE_INTEGER)).toEqual(['a']);
	});

	it('are read again once they are as old as they may be', async () => {
		const [cache, source] = [new Secrets(AGING), new Source(['a'])];
		await cache.get(source.read, 0);
		source.secrets = ['b'];
		await expect(cache.get(source.read, 59_999)).resolves.toEqual(['a']);
		expect(cache.known(60_000)).toBeUndefined();
		await expect(cache.get(source.read, 60_000)).resolves.toEqual(['b']);
		expect(source.reads).toBe(2);
	});

	it('count as old from the moment in which they were asked for', async () => {
		const [cache, source] = [new Secrets(AGING), new SlowSource()];
		const first = cache.get(source.read, 5_000);
		source.answer(['a']);
		await first;
		expect(cache.known(64_999)).toEqual(['a']);
		expect(cache.known(65_000)).toBeUndefined();
	});
});

describe('a read that fails', () => {
	it('tells everyone who waits why', async () => {
		const [cache, source] = [new Secrets(LIMITS), new SlowSource()];
		const waiting = [0, 1].map((ms) => cache.get(source.read, ms));
		source.fail(new Error('unreachable'));
		const ends = await Promise.allSettled(waiting);
		expect(ends.map((end) => end.status === 'rejected' && String(end.reason))).toEqual([
			'Error: unreachable',
			'Error: unreachable',
		]);
		expect(source.reads).toBe(1);
	});

	it('is not repeated during the pause, but after it', async () => {
		const [cache, source] = [new Secrets(LIMITS), new Source(new Error('unreachable'))];
		await expect(cache.get(source.read, 0)).rejects.toThrow('unreachable');
		source.secrets = ['a'];
		await expect(cache.get(source.read, 999)).rejects.toThrow('unreachable');
		expect(source.reads).toBe(1);
		await expect(cache.get(source.read, 1_000)).resolves.toEqual(['a']);
		expect(source.reads).toBe(2);
	});

	it('is repeated after a pause that doubles each time, up to a minute', async () => {
		const [cache, source] = [new Secrets(LIMITS), new Source(new Error('unreachable'))];
		let nowMs = 0;
		await expect(cache.get(source.read, nowMs)).rejects.toThrow('unreachable');
		for (const pauseMs of [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]) {
			const before = source.reads;
			await expect(cache.get(source.read, nowMs + pauseMs - 1)).rejects.toThrow('unreachable');
			expect([pauseMs, source.reads]).toEqual([pauseMs, before]);
			nowMs += pauseMs;
			await expect(cache.get(source.read, nowMs)).rejects.toThrow('unreachable');
			expect([pauseMs, source.reads]).toEqual([pauseMs, before + 1]);
		}
	});

	it('is repeated after the shortest pause again once a read succeeded', async () => {
		const [cache, source] = [new Secrets(AGING), new Source(new Error('unreachable'))];
		await expect(cache.get(source.read, 0)).rejects.toThrow('unreachable');
		await expect(cache.get(source.read, 1_000)).rejects.toThrow('unreachable');
		source.secrets = ['a'];
		await cache.get(source.read, 3_000);
		source.secrets = new Error('unreachable again');
		await expect(cache.get(source.read, 63_000)).rejects.toThrow('unreachable again');
		source.secrets = ['b'];
		await expect(cache.get(source.read, 64_000)).resolves.toEqual(['b']);
	});

	it('is forgotten when secrets are put there meanwhile', async () => {
		const [cache, source] = [new Secrets(AGING), new Source(new Error('unreachable'))];
		await expect(cache.get(source.read, 0)).rejects.toThrow('unreachable');
		cache.put(['a'], 1);
		await expect(cache.get(source.read, 2)).resolves.toEqual(['a']);
	});
});

describe('a mismatch', () => {
	it('has the secrets read again', async () => {
		const [cache, source] = [new Secrets(LIMITS), new Source(['b'])];
		cache.put(['a'], 0);
		expect(await cache.reread(source.read, 1)).toEqual(['b']);
		expect(cache.known(2)).toEqual(['b']);
	});

	it('has them read again at most once in the interval, however many come', async () => {
		const [cache, source] = [new Secrets(LIMITS), new Source(['a'])];
		cache.put(['a'], 0);
		const known = await cache.reread(source.read, 0);
		for (let ms = 1; ms < 10_000; ms += 100) {
			expect(await cache.reread(source.read, ms)).toBe(known);
		}
		expect(source.reads).toBe(1);
		await cache.reread(source.read, 10_000);
		expect(source.reads).toBe(2);
	});

	it('shares the read of one that came just before', async () => {
		const [cache, source] = [new Secrets(LIMITS), new SlowSource()];
		cache.put(['a'], 0);
		const waiting = [1, 2].map((ms) => cache.reread(source.read, ms));
		source.answer(['b']);
		await expect(Promise.all(waiting)).resolves.toEqual([['b'], ['b']]);
		expect(source.reads).toBe(1);
	});

	it('shares the read of a delivery that waits for the first secrets', async () => {
		const [cache, source] = [new Secrets(LIMITS), new SlowSource()];
		const first = cache.get(source.read, 0);
		const second = cache.reread(source.read, 1);
		source.answer(['a']);
		await expect(first).resolves.toEqual(['a']);
		await expect(second).resolves.toEqual(['a']);
		expect(source.reads).toBe(1);
	});

	it('keeps those that match from waiting for the read', async () => {
		const [cache, source] = [new Secrets(LIMITS), new SlowSource()];
		cache.put(['a'], 0);
		const again = cache.reread(source.read, 1);
		expect(cache.known(2)).toEqual(['a']);
		source.answer(['b']);
		await again;
	});
});

describe('while the secrets cannot be read again', () => {
	async function doubtful() {
		const [cache, source] = [new Secrets(LIMITS), new Source(new Error('unreachable'))];
		cache.put(['a'], 0);
		await expect(cache.reread(source.read, 1_000)).rejects.toThrow('unreachable');
		return { cache, source };
	}

	it('nobody can say whether a mismatch is forged', async () => {
		const { cache, source } = await doubtful();
		await expect(cache.reread(source.read, 1_001)).rejects.toThrow('unreachable');
		await expect(cache.reread(source.read, 10_999)).rejects.toThrow('unreachable');
		expect(source.reads).toBe(1);
	});

	it('the old ones still serve those deliveries that match', async () => {
		const { cache } = await doubtful();
		expect(cache.known(1_001)).toEqual(['a']);
	});

	it('the doubt lasts until a read succeeds', async () => {
		const { cache, source } = await doubtful();
		source.secrets = ['b'];
		const later = await cache.reread(source.read, 11_000);
		expect(later).toEqual(['b']);
		expect(await cache.reread(source.read, 11_001)).toBe(later);
	});

	it('the doubt ends too when secrets are put there', async () => {
		const { cache, source } = await doubtful();
		cache.put(['b'], 1_500);
		await expect(cache.reread(source.read, 1_501)).resolves.toEqual(['b']);
		expect(source.reads).toBe(1);
	});
});
