import type { LoggedDelivery } from '../../../../nodes/Kustomer/api/outboundWebhooks';
import {
	beginningOf,
	beginningOfGivenUp,
	beginningWhenGone,
	earlierOf,
} from '../../../../nodes/Kustomer/trigger/catchUp/beginning';

const NOW_MS = Date.parse('2026-01-05T12:00:00.000Z');
const MINUTE_MS = 60_000;
const NOBODY = -Infinity;

const before = (minutes: number) => NOW_MS - minutes * MINUTE_MS;
const at = (minutes: number) => new Date(before(minutes)).toISOString();
const delivery = (
	minutes: number,
	outcome: LoggedDelivery['outcome'],
	isPlannedAgain = false,
): LoggedDelivery => ({ sentAtMs: before(minutes), outcome, isPlannedAgain });

const off = { updatedAt: at(30) };
const beginning = (
	deliveries: LoggedDelivery[],
	webhook: { updatedAt: string } = off,
	handledUntilMs = NOBODY,
) => beginningOf(webhook, { deliveries, handledUntilMs }, NOW_MS);

describe('the gap of a webhook that was switched off', () => {
	it.each<[string, string, LoggedDelivery[]]>([
		[
			'the first delivery that was given up',
			at(45),
			[delivery(40, 'failed'), delivery(35, 'failed')],
		],
		[
			'its first attempt, where the log has them all',
			at(75),
			[delivery(70, 'failed', true), delivery(60, 'failed', true), delivery(40, 'failed')],
		],
		[
			'no attempt of something else, hours before',
			at(45),
			[delivery(300, 'failed', true), delivery(40, 'failed')],
		],
		['the last one that succeeded', at(55), [delivery(60, 'succeeded'), delivery(50, 'succeeded')]],
		['an hour and a half before it was switched off', at(30 + 90 + 5), []],
	])('begins five minutes before %s', (_, since, deliveries) => {
		expect(beginning(deliveries)).toBe(since);
	});

	it('begins a day ago where nothing is known', () => {
		expect(beginning([], { updatedAt: '' })).toBe(at(24 * 60 + 5));
	});

	it('is at most seven days long', () => {
		expect(beginning([delivery(30 * 24 * 60, 'failed')])).toBe(at(7 * 24 * 60));
	});

	it('does not begin with what was looked after', () => {
		const deliveries = [delivery(100, 'failed'), delivery(40, 'failed')];
		expect(beginning(deliveries)).toBe(at(105));
		expect(beginning(deliveries, off, before(90))).not.toBe(at(105));
	});
});

describe('the gap of a webhook that is on', () => {
	const given = (deliveries: LoggedDelivery[], handledUntilMs = NOBODY) =>
		beginningOfGivenUp(deliveries, handledUntilMs, NOW_MS);

	it('is there if a delivery was given up', () => {
		expect(given([delivery(10, 'succeeded'), delivery(20, 'failed')])).toBe(at(25));
	});

	it.each<[string, LoggedDelivery[]]>([
		['nothing was logged', []],
		['all succeeded', [delivery(10, 'succeeded')]],
		['what failed is tried again', [delivery(10, 'failed', true)]],
		['nobody knows when it failed', [{ ...delivery(1, 'failed'), sentAtMs: NaN }]],
		[
			'n8n has received for two looks since',
			[delivery(30, 'failed'), delivery(25, 'succeeded'), delivery(10, 'succeeded')],
		],
	])('is not there if %s', (_, deliveries) => {
		expect(given(deliveries)).toBeUndefined();
	});

	it('is not there if it was fetched before', () => {
		expect(given([delivery(20, 'failed')], before(20))).toBeUndefined();
	});
});

it('the gap of a webhook that is gone begins when it was last seen', () => {
	expect(beginningWhenGone(before(3), NOW_MS)).toBe(at(8));
	expect(beginningWhenGone(undefined, NOW_MS)).toBe(at(24 * 60 + 5));
});

it('of two beginnings, the earlier one counts', () => {
	expect(earlierOf(at(10), at(5))).toBe(at(10));
	expect(earlierOf(at(3), at(5))).toBe(at(5));
	expect(earlierOf(undefined, at(5))).toBe(at(5));
});
