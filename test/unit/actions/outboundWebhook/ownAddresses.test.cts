import type { IExecuteFunctions } from 'n8n-workflow';
import {
	asBase,
	ownAddresses,
	pointsAt,
} from '../../../../nodes/Kustomer/actions/outboundWebhook/ownAddresses';

describe('the addresses of this n8n', () => {
	it.each<[string, string[]]>([
		['https://n8n.example.com', ['https://n8n.example.com/']],
		['https://n8n.example.com/team', ['https://n8n.example.com/team/']],
		['https://n8n.example.com/team/', ['https://n8n.example.com/team/']],
		['mailto:a@example.com', []],
		['', []],
	])('from %j are %j', (address, bases) => expect(asBase(address)).toEqual(bases));

	it('do not lead to a test nor to what is no URL', () => {
		const own = ['https://n8n.example.com/'];
		expect(pointsAt(own, 'https://n8n.example.com/webhook/1/webhook')).toBe(true);
		expect(pointsAt(own, 'https://n8n.example.com/webhook-test/1/webhook')).toBe(false);
		expect(pointsAt(own, 'no URL')).toBe(false);
	});

	it('are none where n8n tells none', () =>
		expect(
			ownAddresses({
				getWorkflowDataProxy: () => ({}),
				getInstanceBaseUrl: () => '',
			} as unknown as IExecuteFunctions),
		).toEqual([]));
});
