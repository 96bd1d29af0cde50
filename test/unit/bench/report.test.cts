import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Bound } from '../../../bench/bounds.cts';
import { FAULTS, SOAK, withMeasured, withRecords, withRow } from '../../../bench/page.cts';
import { boundTable, NO_REASON, RECORDS } from '../../../bench/report.cts';

const PAGE = readFileSync(join(__dirname, '..', '..', '..', 'bench', 'RESULTS.md'), 'utf8');

describe('a bound', () => {
	const AT_MOST: Bound = { of: 'ours', to: 'theirs', what: 'CPU', limit: 1.5 };
	const AT_LEAST: Bound = { of: 'ours', to: 'theirs', what: 'events/s', limit: 1.5 };

	it.each([
		['at most', AT_MOST, 1.5, 'met'],
		['at most', AT_MOST, 1.51, '**not met**'],
		['at least', AT_LEAST, 1.5, 'met'],
		['at least', AT_LEAST, 1.49, '**not met**'],
	])('%s: its median decides (%#)', (_, bound, median, verdict) => {
		expect(rowOf(bound, median)).toMatchObject({ verdict });
	});

	it('is never printed as met beside a median beyond it', () => {
		const bounds = fc.record({
			limit: fc.double({ min: 0.01, max: 100, noNaN: true }),
			what: fc.constantFrom<Bound['what'][]>('CPU', 'time', 'events/s', 'items/s'),
			remark: fc.option(fc.constant('It was moved.'), { nil: undefined }),
		});
		const factors = fc.oneof(
			fc.double({ min: 0.5, max: 2, noNaN: true }),
			fc.double({ min: 0.999, max: 1.001, noNaN: true }),
		);
		fc.assert(
			fc.property(bounds, factors, (some, factor) => {
				const median = some.limit * factor;
				const { bound, verdict } = rowOf({ of: 'ours', to: 'theirs', ...some }, median);
				const isBeyond = bound.startsWith('≤') ? median > some.limit : median < some.limit;
				expect(bound.slice(2)).toBe(`${some.limit}`);
				expect(verdict).toBe(isBeyond ? '**not met**' : 'met');
			}),
		);
	});

	it('shows why it was moved, met or not', () => {
		const moved = { ...AT_MOST, remark: 'Moved from 1.' };
		expect(rowOf(moved, 1).remark).toBe('Moved from 1.');
		expect(rowOf(moved, 2).remark).toContain('Moved from 1.');
	});

	it('shows why it is missed only then', () => {
		const explained = { ...AT_MOST, whenMissed: 'The machine was busy.' };
		expect(rowOf(explained, 2).remark).toBe('The machine was busy.');
		expect(rowOf(explained, 1).remark).toBe('');
	});

	it('says so if nobody knows why it is missed', () => {
		expect(rowOf(AT_MOST, 2).remark).toBe(NO_REASON);
	});

	it('is not met by what was not measured', () => {
		expect(cellsOf(boundTable([AT_MOST], []))[0]?.[3]).toBe('not measured');
	});

	function rowOf(bound: Bound, median: number) {
		const ratio = { theirs: { median, least: median / 2, most: median * 2 } };
		const table = boundTable([bound], [{ name: 'ours', costRatio: ratio, speedRatio: ratio }]);
		const [, printed = '', measured = '', verdict = '', remark = ''] = cellsOf(table)[0] ?? [];
		return { bound: printed, measured, verdict, remark };
	}
});

describe('bench/RESULTS.md', () => {
	const rows = cellsOf(PAGE).filter(([, bound = '']) => /^[≤≥] /.test(bound));

	it('says met only of medians within the bound beside them', () => {
		const wrong = rows.filter(([, bound = '', measured = '', verdict]) => {
			const limit = Number(bound.slice(2));
			const median = Number.parseFloat(measured);
			const isWithin = bound.startsWith('≤') ? median <= limit : median >= limit;
			return verdict === 'met' && !isWithin;
		});
		expect(wrong).toEqual([]);
		expect(rows.filter(([, , , verdict]) => verdict === 'met').length).toBeGreaterThan(30);
	});

	it('says of every other bound why it is not met', () => {
		const others = rows.filter(([, , , verdict]) => verdict !== 'met');
		const unexplained = others.filter(
			([, , , verdict, remark = '']) =>
				verdict !== '**not met**' || remark.length < 40 || remark.includes(NO_REASON),
		);
		expect(unexplained).toEqual([]);
	});

	it.each([FAULTS, SOAK])('has a table for the long runs under "%s"', (heading) => {
		expect(withRow(PAGE, heading, ['a new row', '1'])).toContain('|\n| a new row | 1 |\n');
	});
});

describe('what a run writes to the page', () => {
	const HEAD = '| what | counted |\n| --- | --- |\n';
	const page = `# Old\n\n${FAULTS}\n\n${HEAD}| a | 1 |\n| b | 2 |\n\n${SOAK}\n\n${HEAD}| a | 3 |\n`;

	it('replaces what the bench measured and keeps the long runs', () => {
		expect(withMeasured(page, '# New\n')).toBe(page.replace('# Old\n', '# New\n'));
	});

	it('puts records at volume before the long runs, in place of the earlier ones', () => {
		const once = withRecords(page, `${RECORDS}\n\nfirst\n`);
		expect(once).toBe(page.replace(`\n${FAULTS}`, `\n${RECORDS}\n\nfirst\n\n${FAULTS}`));
		const twice = withRecords(once, `${RECORDS}\n\nsecond\n`);
		expect(twice).toBe(once.replace('first', 'second'));
		expect(withMeasured(twice, '# New\n')).toBe(twice.replace('# Old\n', '# New\n'));
	});

	it('replaces the row of the same name in its own section only', () => {
		expect(withRow(page, FAULTS, ['a', '9'])).toBe(page.replace('| a | 1 |', '| a | 9 |'));
		expect(withRow(page, SOAK, ['a', '9'])).toBe(page.replace('| a | 3 |', '| a | 9 |'));
	});

	it('adds a row of a new name below the others', () => {
		expect(withRow(page, FAULTS, ['c', '9'])).toBe(
			page.replace('| b | 2 |', '| b | 2 |\n| c | 9 |'),
		);
	});

	it('is refused if the page has no such section', () => {
		expect(() => withRow(page, '## Nothing', ['a'])).toThrow('has no section "## Nothing"');
	});
});

/** The rows of all tables in a text, without their heads. */
function cellsOf(text: string): string[][] {
	return text
		.split('\n')
		.filter((line, at, lines) => line.startsWith('|') && lines[at - 1]?.startsWith('|'))
		.filter((line) => !line.startsWith('| ---'))
		.map((line) =>
			line
				.slice(1, -1)
				.split('|')
				.map((cell) => cell.trim()),
		);
}
