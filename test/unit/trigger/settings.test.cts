import type { IWebhookFunctions } from 'n8n-workflow';
import { settingsOf } from '../../../nodes/Kustomer/trigger/settings';

/** What an expression in place of a whole collection may give. */
function settingsWith(parameters: Record<string, unknown>) {
	const getNodeParameter = (name: string, fallback: unknown) => parameters[name] ?? fallback;
	return settingsOf({ getNodeParameter } as IWebhookFunctions);
}

it('takes options that are no collection for none', () => {
	expect(settingsWith({ options: 'none' })).toEqual(settingsWith({}));
	expect(settingsWith({ filters: 7 })).toEqual(settingsWith({}));
});

it.each([
	['none', []],
	[{ header: 'none' }, []],
	[{ header: ['none', {}, { name: ' X-Way ', value: 1 }] }, [{ name: 'X-Way', value: '1' }]],
	[{ header: [{ name: 'X-Empty' }] }, [{ name: 'X-Empty', value: '' }]],
])('reads webhook headers %j as %j', (webhookHeaders, headers) => {
	expect(settingsWith({ options: { webhookHeaders } }).webhookHeaders).toEqual(headers);
});

it.each<[unknown, number, unknown, number]>([
	[undefined, 0, undefined, 25],
	[200, 200, 10, 10],
	['200', 200, ' 10 ', 10],
	[1_999.9, 1_999, 9.9, 9],
	[-1, 0, 0, 1],
	['5000', 2_000, '51', 50],
	['soon', 0, 'many', 25],
	[null, 0, {}, 25],
])(
	'reads a batch window of %j as %d ms and a batch size of %j as %d',
	(batchWindow, batchWindowMs, batchSize, size) => {
		expect(settingsWith({ options: { batchWindow, batchSize } })).toMatchObject({
			batchWindowMs,
			batchSize: size,
		});
	},
);

it('reads the greatest age of an event as minutes, also from text', () => {
	expect(settingsWith({ options: { maxEventAge: '90' } }).filters.maxEventAgeMinutes).toBe(90);
});

it.each([
	[undefined, 'off'],
	['separate', 'separate'],
	['together', 'together'],
	['always', 'off'],
])('reads %j as fetching missed events: %s', (catchUp, read) => {
	expect(settingsWith({ options: { catchUp } }).catchUp).toBe(read);
	expect(settingsWith({ registration: 'manual', options: { catchUp } }).catchUp).toBe('off');
});
