import fc from 'fast-check';
import {
	bareName,
	isPaused,
	missedSince,
	pausedName,
	resumedName,
	withMissedSince,
} from '../../../nodes/Kustomer/api/webhookMarks';

const SINCE = ' (missed since 2026-01-05T10:00:00.000Z)';

describe('the mark of a pause', () => {
	it('is put at the end, once, and taken away again', () => {
		expect(pausedName('Orders (wF7)')).toBe('Orders (wF7) (paused)');
		expect(pausedName('Orders (paused)')).toBe('Orders (paused)');
		expect(resumedName('Orders (paused)')).toBe('Orders');
		expect(resumedName('Orders')).toBe('Orders');
	});

	it('leaves the mark of what was missed', () => {
		expect(pausedName(`Orders${SINCE}`)).toBe(`Orders${SINCE} (paused)`);
		expect(resumedName(`Orders${SINCE} (paused)`)).toBe(`Orders${SINCE}`);
	});

	it.each(['Orders', 'Orders(paused)', 'Orders (paused) now', 'Orders (Paused)', ''])(
		'is not seen in %j',
		(name) => expect(isPaused(name)).toBe(false),
	);

	it('finds room in a long name, and what is in parentheses at its end stays', () => {
		const name = `n8n: ${'x'.repeat(238)} (workflow7)`;
		expect(name).toHaveLength(255);
		const paused = pausedName(name);
		expect(paused).toHaveLength(255);
		expect(paused).toMatch(/^n8n: x+ \(workflow7\) \(paused\)$/);
	});
});

describe('the bare name', () => {
	it.each([
		['Orders', 'Orders'],
		['Orders (paused)', 'Orders'],
		[`Orders${SINCE}`, 'Orders'],
		[`Orders${SINCE} (paused)`, 'Orders'],
		[`Orders (paused)${SINCE}`, 'Orders'],
		['Orders (wF7) (test) (paused)', 'Orders (wF7) (test)'],
		['Orders (paused) (test)', 'Orders (paused) (test)'],
		['', ''],
	])('of %j is %j', (name, bare) => expect(bareName(name)).toBe(bare));

	it('is the same before and after a pause, however long the name is', () => {
		const name = fc
			.tuple(fc.string({ maxLength: 300 }), fc.constantFrom('', ' (wF7)', ' (wF7) (test)', SINCE))
			.map(([start, end]) => `${start.slice(0, 255 - end.length)}${end}`);
		fc.assert(
			fc.property(name, (one) => {
				const paused = pausedName(one);
				expect(paused.length).toBeLessThanOrEqual(255);
				expect(bareName(paused)).toBe(bareName(one));
				expect(bareName(bareName(one)).length).toBeLessThanOrEqual(206);
			}),
		);
	});
});

describe('the mark of what was missed', () => {
	const since = '2026-01-05T10:00:00.000Z';

	it('is written, read, moved on and taken away', () => {
		const marked = withMissedSince('Orders (wF7)', since);
		expect(marked).toBe(`Orders (wF7)${SINCE}`);
		expect(missedSince(marked)).toBe(since);
		const later = '2026-01-05T11:00:00.000Z';
		expect(missedSince(withMissedSince(marked, later))).toBe(later);
		expect(withMissedSince(marked, undefined)).toBe('Orders (wF7)');
	});

	it('stands before a pause', () => {
		const paused = withMissedSince('Orders (paused)', since);
		expect(paused).toBe(`Orders${SINCE} (paused)`);
		expect(withMissedSince(paused, undefined)).toBe('Orders (paused)');
	});

	it.each(['Orders', 'Orders (missed since )', 'Orders (missed since yesterday)', ''])(
		'is not seen in %j',
		(name) => expect(missedSince(name)).toBeUndefined(),
	);

	it('finds room in a long name', () => {
		const marked = withMissedSince(`n8n: ${'x'.repeat(238)} (workflow7)`, since);
		expect(marked.length).toBeLessThanOrEqual(255);
		expect(marked).toMatch(/^n8n: x+ \(workflow7\) \(missed since [^)]+\)$/);
		expect(bareName(marked)).toBe(bareName(`n8n: ${'x'.repeat(238)} (workflow7)`));
	});
});
