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
