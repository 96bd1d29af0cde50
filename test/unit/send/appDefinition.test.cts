import {
	checkedAppDefinition,
	type AppDefinition,
} from '../../../nodes/Kustomer/send/appDefinition';

const hook = {
	eventName: 'kustomer.app.acme.order.update',
	displayEventName: 'Order Updated',
	description: '',
	type: 'web',
};
const webhook = {
	name: 'To n8n',
	url: 'https://n8n.example.com/webhook/1/webhook',
	headers: [{ name: 'X-Source', value: 'kustomer' }],
	events: ['kustomer.conversation.update'],
};
const good: AppDefinition = {
	app: 'acme',
	version: '1.0.0',
	title: 'Acme',
	hooks: [hook],
	outboundWebhooks: [webhook],
};

describe('an app definition', () => {
	it('passes as it is when Kustomer would take it', () =>
		expect(checkedAppDefinition(good)).toEqual(good));

	it.each<[string, Partial<AppDefinition>, RegExp]>([
		['no app', { app: '' }, /needs a name/],
		['a version that is none', { version: '1.0' }, /three numbers/],
		['no title', { title: '' }, /needs a title/],
		['nothing in it', { hooks: [], outboundWebhooks: [] }, /nothing to declare/],
		[
			'an event name that reaches no workflow',
			{ hooks: [{ ...hook, eventName: 'acme.order' }] },
			/begins with kustomer\.app\./,
		],
		[
			'an event name of the prefix alone',
			{ hooks: [{ ...hook, eventName: 'kustomer.app.' }] },
			/begins with kustomer\.app\./,
		],
		[
			'a hook without a display name',
			{ hooks: [{ ...hook, displayEventName: '' }] },
			/needs a display name/,
		],
		['an unknown type of hook', { hooks: [{ ...hook, type: 'sms' }] }, /web, form or email/],
		['an event name twice', { hooks: [hook, hook] }, /Two hooks have the event name/],
		[
			'a webhook name twice',
			{ outboundWebhooks: [webhook, webhook] },
			/Two outbound webhooks have the name/,
		],
		[
			'a URL of http',
			{ outboundWebhooks: [{ ...webhook, url: 'http://n8n.example.com/' }] },
			/begins with https/,
		],
		[
			'a URL of 256 characters',
			{ outboundWebhooks: [{ ...webhook, url: `https://n8n.example.com/${'a'.repeat(232)}` }] },
			/has 256 characters.*at most 255/,
		],
		[
			'an event that Kustomer does not have',
			{ outboundWebhooks: [{ ...webhook, events: ['kustomer.order.create'] }] },
			/does not have: kustomer\.order\.create\. Known are: kustomer\.customer\.create/,
		],
		[
			'a webhook without events',
			{ outboundWebhooks: [{ ...webhook, events: [] }] },
			/at least one event/,
		],
		['a webhook without a name', { outboundWebhooks: [{ ...webhook, name: '' }] }, /needs a name/],
		[
			'a header that is none',
			{ outboundWebhooks: [{ ...webhook, headers: [{ name: 'a b', value: '' }] }] },
			/header/,
		],
	])('with %s is refused in words', (_, spoiled, words) =>
		expect(() => checkedAppDefinition({ ...good, ...spoiled })).toThrow(words),
	);

	it('takes a URL of 255 characters', () => {
		const url = `https://n8n.example.com/${'a'.repeat(231)}`;
		expect(url).toHaveLength(255);
		expect(() =>
			checkedAppDefinition({ ...good, outboundWebhooks: [{ ...webhook, url }] }),
		).not.toThrow();
	});

	it('hears of everything at once', () =>
		expect(() => checkedAppDefinition({ ...good, title: '', version: 'x' })).toThrow(
			/version.*title/,
		));
});
