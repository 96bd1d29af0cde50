import {
	checkedAppDefinition,
	type AppDefinition,
} from '../../../../nodes/Kustomer/actions/appDefinition/definition';

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

describe('what an app definition is told', () => {
	const said = (changed: Partial<AppDefinition>) => {
		try {
			checkedAppDefinition({ ...good, ...changed });
		} catch (error) {
			return (error as Error).message;
		}
		return '';
	};

	it.each(['a b', ' acme', 'acme ', 'acmé', 'a.b'])('%j is no name for an app', (app) =>
		expect(said({ app })).toMatch(/needs a name of letters/),
	);

	it.each(['v1.0.0', '1.0.0-beta', '1.0.0 ', '1..0', '1.0.0.0'])('%j is no version', (version) =>
		expect(said({ version })).toMatch(/three numbers/),
	);

	it.each(['10.20.30', '0.0.1'])('%s is a version', (version) =>
		expect(said({ version })).toBe(''),
	);

	it.each(['kustomer.app.acme', 'kustomer.app.acme-1.or_der'])('%s is an event name', (eventName) =>
		expect(said({ hooks: [{ ...hook, eventName }] })).toBe(''),
	);

	it.each([
		'kustomer.app.',
		'kustomer.app.a b',
		'kustomer.app.a..b',
		'x kustomer.app.a',
		'kustomer',
	])('%j is no event name', (eventName) =>
		expect(said({ hooks: [{ ...hook, eventName }] })).toMatch(
			/^The hook "Order Updated" needs an event name that begins with kustomer\.app\., e\.g\. kustomer\.app\.acme_orders/,
		),
	);

	it('a hook without a display name goes by its event name', () =>
		expect(said({ hooks: [{ ...hook, displayEventName: '' }] })).toBe(
			'The hook "kustomer.app.acme.order.update" needs a display name, which people see in workflows.',
		));

	it('a webhook without a name goes by its URL', () =>
		expect(said({ outboundWebhooks: [{ ...webhook, name: '' }] })).toBe(
			'The outbound webhook "https://n8n.example.com/webhook/1/webhook" needs a name.',
		));

	it('a URL that is none is one that does not begin with https', () =>
		expect(said({ outboundWebhooks: [{ ...webhook, url: 'n8n' }] })).toBe(
			'The outbound webhook "To n8n" needs a URL that begins with https://.',
		));

	it('a URL that is too long is called by its webhook, in a sentence', () =>
		expect(
			said({
				outboundWebhooks: [{ ...webhook, url: `https://n8n.example.com/${'x'.repeat(240)}` }],
			}),
		).toBe(
			'The URL of the outbound webhook "To n8n" has 264 characters; Kustomer takes at most 255.',
		));

	it('unknown events are listed, and the known ones too', () =>
		expect(
			said({ outboundWebhooks: [{ ...webhook, events: ['a', 'kustomer.tag.create', 'b'] }] }),
		).toMatch(/does not have: a, b\. Known are: kustomer\.customer\.create, kustomer/));

	it('one bad header among good ones is enough', () =>
		expect(
			said({
				outboundWebhooks: [
					{ ...webhook, headers: [...webhook.headers, { name: 'X Y', value: '1' }] },
				],
			}),
		).toMatch(/has a header whose name/));

	it.each(['X:Y', ' X', 'X '])('%j is no name for a header', (name) =>
		expect(said({ outboundWebhooks: [{ ...webhook, headers: [{ name, value: '1' }] }] })).toMatch(
			/letters, digits and hyphens/,
		),
	);

	it('a name that is missing twice is not called repeated', () => {
		const nameless = { ...webhook, name: '' };
		expect(said({ outboundWebhooks: [nameless, nameless] })).not.toContain('each needs its own');
		const hooks = [hook, { ...hook, eventName: 'kustomer.app.acme.other' }];
		expect(said({ hooks, outboundWebhooks: [webhook, { ...webhook, name: 'Other' }] })).toBe('');
	});

	it('every mistake is a sentence of its own', () =>
		expect(said({ title: '', version: '' })).toMatch(/1\.0\.0\. The app needs a title/));
});
