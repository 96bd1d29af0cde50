import {
	headerMistake,
	isAsWanted,
	isLimitReached,
	limitWords,
	unknownEventWords,
} from '../../../../nodes/Kustomer/trigger/registration/reconcile';
import type { WantedWebhook, Webhook } from '../../../../nodes/Kustomer/api/outboundWebhooks';

const WANTED: WantedWebhook = {
	name: 'n8n: Mending desk (wF7kettle)',
	url: 'https://n8n.example.com/webhook/8c1f-made-up/webhook',
	events: ['kustomer.tag.create', 'kustomer.tag.update'],
	headers: [
		{ name: 'X-Gateway-Key', value: 'made-up' },
		{ name: 'X-Route', value: 'n8n' },
	],
};

function webhook(changed: Partial<Webhook> = {}): Webhook {
	return {
		id: 'w1',
		...WANTED,
		enabled: true,
		token: 'made-up-token',
		orgId: 'o1',
		createdBy: 'u1',
		createdAt: '',
		...changed,
	};
}

describe('a webhook', () => {
	it('is as wanted when everything that matters is', () => {
		expect(isAsWanted(webhook(), WANTED)).toBe(true);
	});

	it.each<[string, Partial<Webhook>]>([
		['its name is another', { name: 'renamed by a person' }],
		['its events stand in another order', { events: [...WANTED.events].reverse() }],
		['its headers stand in another order', { headers: [...WANTED.headers].reverse() }],
		[
			'its headers’ names are in lower case',
			{ headers: WANTED.headers.map(({ name, value }) => ({ name: name.toLowerCase(), value })) },
		],
	])('is as wanted even when %s', (_, changed) => {
		expect(isAsWanted(webhook(changed), WANTED)).toBe(true);
	});

	it.each<[string, Partial<Webhook>]>([
		['it is switched off', { enabled: false }],
		['its address is another', { url: 'https://n8n.example.com/webhook/other/webhook' }],
		['an event is missing', { events: ['kustomer.tag.create'] }],
		['it has an event more', { events: [...WANTED.events, 'kustomer.team.create'] }],
		['an event is another', { events: ['kustomer.tag.create', 'kustomer.team.update'] }],
		['it has no events', { events: [] }],
		['a header is missing', { headers: WANTED.headers.slice(1) }],
		['it has a header more', { headers: [...WANTED.headers, { name: 'X-More', value: '1' }] }],
		[
			'a header has another value',
			{ headers: WANTED.headers.map((header) => ({ ...header, value: 'other' })) },
		],
		[
			'a header’s value differs in case',
			{ headers: WANTED.headers.map(({ name, value }) => ({ name, value: value.toUpperCase() })) },
		],
	])('is not as wanted when %s', (_, changed) => {
		expect(isAsWanted(webhook(changed), WANTED)).toBe(false);
	});

	it('is as wanted whichever of two values of one header comes first', () => {
		const headers = ['a', 'b'].map((value) => ({ name: 'X-Gateway-Key', value }));
		const wanted = { ...WANTED, headers };
		expect(isAsWanted(webhook({ headers: [...headers].reverse() }), wanted)).toBe(true);
		expect(isAsWanted(webhook({ headers: headers.slice(1) }), wanted)).toBe(false);
	});

	it('and what is wanted of it stay in the order they were in', () => {
		const one = webhook({ events: [...WANTED.events].reverse() });
		isAsWanted(one, WANTED);
		expect(one.events).toEqual(['kustomer.tag.update', 'kustomer.tag.create']);
		expect(WANTED.events).toEqual(['kustomer.tag.create', 'kustomer.tag.update']);
	});
});

describe('a refusal', () => {
	const some = (count: number) => Array.from({ length: count }, () => webhook());

	it.each([400, 402, 403, 409, 422])(
		'of status %d that speaks of a limit is the limit',
		(status) => {
			expect(isLimitReached(some(1), { status, said: 'Webhook limit reached' })).toBe(true);
			expect(isLimitReached(some(1), { status, said: 'Maximum number exceeded' })).toBe(true);
			expect(isLimitReached(some(1), { status, said: 'Too many webhooks' })).toBe(true);
		},
	);

	it.each([400, 409, 422])(
		'of status %d without words is the limit when five are there',
		(status) => {
			expect(isLimitReached(some(5), { status, said: '' })).toBe(true);
			expect(isLimitReached(some(4), { status, said: '' })).toBe(false);
		},
	);

	it('of status 403 without a word of a limit is a missing role', () => {
		expect(isLimitReached(some(5), { status: 403, said: 'Forbidden' })).toBe(false);
	});

	it.each([200, 401, 404, 429, 500, 503])('of status %d has another reason', (status) => {
		expect(isLimitReached(some(5), { status, said: 'Rate limit' })).toBe(false);
	});
});

describe('the words about the limit', () => {
	const words = limitWords([webhook({ name: 'Clock alarm' }), webhook({ name: 'Old shop' })]);

	it('name the webhooks that take up the places, and how many there are', () => {
		expect(words).toContain('"Clock alarm", "Old shop"');
		expect(words).toContain('there are 2 already');
	});

	it('say where to delete one, and what to do instead', () => {
		expect(words).toContain('Settings > Platform > Outbound Webhooks');
		expect(words).toContain('Split Outputs by Event');
	});

	it('hold no secret and no address', () => {
		expect(words).not.toContain('made-up');
	});
});

describe('the words about unknown events', () => {
	const known = ['kustomer.tag.create', 'kustomer.tag.update'];

	it('name what Kustomer does not know, and what it knows', () => {
		const words = unknownEventWords(['kustomer.tag.create', 'kustomer.tags.create'], known);
		expect(words).toContain('"kustomer.tags.create"');
		expect(words).not.toContain('"kustomer.tag.create"');
		expect(words).toContain('Known are: kustomer.tag.create, kustomer.tag.update');
	});

	it('name all of them', () => {
		expect(unknownEventWords(['a', 'b'], known)).toContain('"a", "b"');
	});

	it('are none when Kustomer knows every name', () => {
		expect(unknownEventWords(['kustomer.tag.update'], known)).toBeUndefined();
		expect(unknownEventWords([], known)).toBeUndefined();
	});

	it('are none when Kustomer does not tell what it knows', () => {
		expect(unknownEventWords(['kustomer.tags.create'], [])).toBeUndefined();
	});
});

describe('an extra header', () => {
	it.each([
		['X-Gateway-Key', 'made-up'],
		['Authorization', 'Basic bWFkZTp1cA=='],
		['x_under.score', ''],
		['X-Kustomer', 'not one of theirs'],
	])('%j with the value %j can be used', (name, value) => {
		expect(headerMistake([{ name, value }])).toBeUndefined();
	});

	it('is not missed when there is none', () => {
		expect(headerMistake([])).toBeUndefined();
	});

	it.each(['', ' ', 'X Gateway', 'X-Gateway:', 'X-Schlüssel', 'X-A\r\nX-B', 'X-A\n', '(x)'])(
		'cannot have the name %j',
		(name) => {
			expect(headerMistake([{ name, value: 'x' }])).toMatch(/cannot be the name of a header/);
		},
	);

	it.each([
		'Content-Type',
		'content-length',
		'HOST',
		'X-Kustomer-Webhook-Signature',
		'x-kustomer-anything',
	])('cannot be Kustomer’s own %s', (name) => {
		expect(headerMistake([{ name, value: 'x' }])).toMatch(/Kustomer's own/);
	});

	it.each(['a\nb', 'a\rb', 'a\r\nX-More: 1', 'a\0b', 'a\n'])(
		'cannot have the value %j',
		(value) => {
			const words = headerMistake([{ name: 'X-Gateway-Key', value }]);
			expect(words).toMatch(/"X-Gateway-Key" holds a line break/);
			expect(words).not.toContain(value);
		},
	);

	it('is found wrong also behind a right one', () => {
		const right = { name: 'X-Gateway-Key', value: 'made-up' };
		expect(headerMistake([right, { name: 'Host', value: 'x' }])).toMatch(/"Host"/);
	});
});
