import { Turns } from '../../../../nodes/Kustomer/trigger/memory/upkeep';

/** @returns a promise and what settles it */
function gate() {
	let open = () => {};
	const opened = new Promise<void>((resolve) => (open = resolve));
	return { opened, open };
}

describe('looks and lifecycle of one trigger', () => {
	it('do not run at the same time: the lifecycle ends the look and waits for its end', async () => {
		const turns = new Turns();
		const { opened, open } = gate();
		const seen: string[] = [];
		const looking = turns.look(async (stopped) => {
			await opened;
			seen.push(stopped.aborted ? 'look ended' : 'look went on');
		});
		const lifecycle = turns.lifecycle(async () => void seen.push('lifecycle'));
		expect(turns.isLooking).toBe(true);
		open();
		await Promise.all([looking, lifecycle]);
		expect(seen).toEqual(['look ended', 'lifecycle']);
		expect(turns.isLooking).toBe(false);
	});

	it('leave no look while the lifecycle is at work, and let the next one come', async () => {
		const turns = new Turns();
		const { opened, open } = gate();
		const work = jest.fn(async () => {});
		const lifecycle = turns.lifecycle(async () => await opened);
		expect(await turns.look(work)).toBe(false);
		open();
		await lifecycle;
		expect(await turns.look(work)).toBe(true);
		expect(work).toHaveBeenCalledTimes(1);
	});

	it('leave no second look beside the first', async () => {
		const turns = new Turns();
		const { opened, open } = gate();
		const first = turns.look(async () => await opened);
		expect(await turns.look(async () => {})).toBe(false);
		open();
		expect(await first).toBe(true);
	});

	it('come again after one that failed', async () => {
		const turns = new Turns();
		const failing = async () => await Promise.reject(new Error('made up'));
		await expect(turns.look(failing)).rejects.toThrow('made up');
		await expect(turns.lifecycle(failing)).rejects.toThrow('made up');
		expect(await turns.look(async () => {})).toBe(true);
	});

	it('do not fail together: a lifecycle goes on after a look that failed', async () => {
		const turns = new Turns();
		const { opened, open } = gate();
		const looking = turns.look(async () => {
			await opened;
			throw new Error('made up');
		});
		const lifecycle = turns.lifecycle(async () => 'done');
		open();
		await expect(looking).rejects.toThrow('made up');
		expect(await lifecycle).toBe('done');
	});
});
