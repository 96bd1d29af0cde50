import fc from 'fast-check';
import {
	dayAlone,
	dayOf,
	instantOf,
	relativeInstant,
	withoutDateObjects,
} from '../../../../nodes/Kustomer/actions/records/dates';

const BERLIN = 'Europe/Berlin';
const NEW_YORK = 'America/New_York';

describe('an instant', () => {
	it.each([
		['2026-11-24T15:30:00Z', BERLIN, '2026-11-24T15:30:00.000Z'],
		['2026-11-24T15:30:00.1234Z', BERLIN, '2026-11-24T15:30:00.123Z'],
		['2026-11-24T15:30+01:00', NEW_YORK, '2026-11-24T14:30:00.000Z'],
		['2026-11-24T15:30-0530', BERLIN, '2026-11-24T21:00:00.000Z'],
		['2026-11-24T15:30+05', BERLIN, '2026-11-24T10:30:00.000Z'],
		['2026-11-24T15:30:00', BERLIN, '2026-11-24T14:30:00.000Z'],
		['2026-07-24 15:30', BERLIN, '2026-07-24T13:30:00.000Z'],
		[' 2026-11-24 ', NEW_YORK, '2026-11-24T05:00:00.000Z'],
		['2026-11-24T15:30', 'Asia/Kolkata', '2026-11-24T10:00:00.000Z'],
		['2026-11-24T15:30', 'UTC', '2026-11-24T15:30:00.000Z'],
		['1800-01-01T00:00', NEW_YORK, '1800-01-01T04:56:02.000Z'],
	])('written %s in %s is %s', (text, zone, instant) =>
		expect(instantOf(text, zone)).toBe(instant),
	);

	it.each([
		// The clocks go from 02:00 to 03:00.
		['2026-03-29T01:59', BERLIN, '2026-03-29T00:59:00.000Z'],
		['2026-03-29T02:30', BERLIN, '2026-03-29T01:30:00.000Z'],
		['2026-03-29T03:00', BERLIN, '2026-03-29T01:00:00.000Z'],
		['2026-03-08T02:30', NEW_YORK, '2026-03-08T07:30:00.000Z'],
		['2026-03-08T03:30', NEW_YORK, '2026-03-08T07:30:00.000Z'],
		// From 03:00 to 02:00.
		['2026-10-25T03:00', BERLIN, '2026-10-25T02:00:00.000Z'],
		['2026-10-25T01:59', BERLIN, '2026-10-24T23:59:00.000Z'],
	])('near a change of the clocks, %s in %s, is %s', (text, zone, instant) =>
		expect(instantOf(text, zone)).toBe(instant),
	);

	it.each([
		'',
		'yesterday',
		'24.11.2026',
		'11/24/2026',
		'2026-13-01',
		'2026-02-30',
		'2026-11-24T25:00',
		'2026-11-24T24:00',
		'2026-11-24T15',
		'2026-11-24T15:30+15:00',
		'2026-11-24T15:30+01:60',
		'0000-01-01T00:00+14:00',
		'1764000000',
	])('is not "%s"', (text) => expect(instantOf(text, BERLIN)).toBeUndefined());

	it('comes back as it was when it has a zone', () => {
		const within = {
			min: new Date('0001-01-01Z'),
			max: new Date('9998-12-31Z'),
			noInvalidDate: true,
		};
		fc.assert(
			fc.property(fc.date(within), (date) =>
				expect(instantOf(date.toISOString(), NEW_YORK)).toBe(date.toISOString()),
			),
		);
	});

	it('shows the written time on the clocks of its zone, but for the hours that are skipped', () => {
		const clock = new Intl.DateTimeFormat('sv-SE', {
			timeZone: NEW_YORK,
			dateStyle: 'short',
			timeStyle: 'medium',
		});
		const within = {
			min: new Date('1990-01-01Z'),
			max: new Date('2030-01-01Z'),
			noInvalidDate: true,
		};
		fc.assert(
			fc.property(fc.date(within), (date) => {
				const shown = clock.format(date);
				expect(clock.format(new Date(instantOf(shown, NEW_YORK) ?? NaN))).toBe(shown);
			}),
		);
	});
});

describe('a day', () => {
	it.each([
		['2026-11-24', NEW_YORK, '2026-11-24'],
		['2026-11-24T23:30', NEW_YORK, '2026-11-24'],
		// Midnight anywhere is how systems without days write one.
		['1990-01-01T00:00:00.000Z', NEW_YORK, '1990-01-01'],
		['1990-01-01T00:00:00+05:30', NEW_YORK, '1990-01-01'],
		['2026-11-23T23:00:00Z', BERLIN, '2026-11-24'],
		['2026-11-24T03:00:00Z', NEW_YORK, '2026-11-23'],
	])('written %s in %s is %s', (text, zone, day) => expect(dayOf(text, zone)).toBe(day));

	it.each(['', 'now', '2026-02-30'])('is not "%s"', (text) =>
		expect(dayOf(text, BERLIN)).toBeUndefined(),
	);

	it('is alone only without a time', () => {
		expect(dayAlone(' 2026-11-24 ')).toBe('2026-11-24');
		expect(dayAlone('2026-11-24T00:00')).toBeUndefined();
		expect(dayAlone('2026-02-30')).toBeUndefined();
	});
});

describe('a time from now', () => {
	const now = new Date('2026-11-24T12:00:00.000Z');

	it.each([
		['now', '2026-11-24T12:00:00.000Z'],
		['now-30s', '2026-11-24T11:59:30.000Z'],
		['now-30m', '2026-11-24T11:30:00.000Z'],
		['now+15m', '2026-11-24T12:15:00.000Z'],
		['now-2h', '2026-11-24T10:00:00.000Z'],
		[' now-7d ', '2026-11-17T12:00:00.000Z'],
		['now+1w', '2026-12-01T12:00:00.000Z'],
	])('"%s" is %s', (text, instant) => expect(relativeInstant(text, now)).toBe(instant));

	it.each(['now-', 'now-7', 'now-7M', 'now - 7d', '7d', 'now-7d+1h', 'now+999999w'])(
		'is not "%s"',
		(text) => expect(relativeInstant(text, now)).toBeUndefined(),
	);
});

describe('a date object of an expression', () => {
	it('is taken as text, with the zone that it has', () => {
		const date = new Date('2026-11-24T12:00:00.000Z');
		expect(withoutDateObjects(date)).toBe('2026-11-24T12:00:00.000Z');
		const luxon = { toJSON: () => '2026-11-24T13:00:00.000+01:00' };
		expect(withoutDateObjects(luxon)).toBe('2026-11-24T13:00:00.000+01:00');
	});

	it('stays as it is where it is no date', () => {
		const invalid = new Date(NaN);
		expect(withoutDateObjects(invalid)).toBe(invalid);
		for (const value of [null, 5, 'x', [1], { toJSON: 5 }]) {
			expect(withoutDateObjects(value)).toBe(value);
		}
	});
});
