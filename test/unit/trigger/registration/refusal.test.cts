import type { Webhook } from '../../../../nodes/Kustomer/api/outboundWebhooks';
import { isInvalid, whyRefused } from '../../../../nodes/Kustomer/trigger/registration/refusal';
import { webhookLike } from '../../../support/webhook.cts';

const KNOWN = ['kustomer.tag.create', 'kustomer.tag.update'];

const some = (...names: string[]) => names.map((name) => webhookLike({ id: name, name }));

const FOUR = some('1', '2', '3', '4');
const FIVE = some('1', '2', '3', '4', '5');

describe('the limit of webhooks', () => {
	const words = (status: number, said: string, occupants?: Webhook[]) => {
		const body = { errors: [{ code: 'bad', message: said }] };
		return whyRefused({ status, body }, { events: [], known: [], occupants });
	};

	it.each([400, 402, 403, 409, 422])(
		'is told by a refusal of status %d that names it',
		(status) => {
			for (const said of [
				'Webhook limit reached',
				'Maximum number exceeded',
				'Too many webhooks',
			]) {
				expect(words(status, said, some('1'))).toContain('refused another webhook');
			}
		},
	);

	it.each([400, 409, 422])('is told by status %d without words when five are there', (status) => {
		expect(words(status, '', FIVE)).toContain('refused another webhook');
		expect(words(status, '', FOUR)).toBeUndefined();
	});

	it('is not meant by status 403 without a word of a limit: a role is missing', () => {
		expect(words(403, 'Forbidden', FIVE)).toBeUndefined();
	});

	it.each([200, 401, 404, 429, 500, 503])('is not meant by status %d', (status) => {
		expect(words(status, 'Rate limit', FIVE)).toBeUndefined();
	});

	it('is not meant when no place was asked for', () => {
		expect(words(400, 'Maximum number exceeded')).toBeUndefined();
	});

	it('is told with the webhooks that take up the places, and both ways out', () => {
		const told = words(400, 'limit', some('Clock alarm', 'Old shop')) ?? '';
		expect(told).toContain('"Clock alarm", "Old shop"');
		expect(told).toContain('there are 2 already');
		expect(told).toContain('Settings > Platform > Outbound Webhooks');
		expect(told).toContain('Split Outputs by Event');
		expect(told).not.toContain('made-up');
	});
});

describe('unknown events', () => {
	const words = (events: string[], known: string[], status = 400) =>
		whyRefused({ status, body: null }, { events, known });

	it('are named, and what Kustomer knows too', () => {
		const told = words(['kustomer.tag.create', 'kustomer.tags.create'], KNOWN);
		expect(told).toContain('does not know the event "kustomer.tags.create".');
		expect(told).toContain('Known are: kustomer.tag.create, kustomer.tag.update');
		expect(words(['a', 'b'], KNOWN, 422)).toContain('"a", "b"');
	});

	it('come before the limit', () => {
		const attempt = { events: ['a'], known: KNOWN, occupants: FIVE };
		expect(whyRefused({ status: 400, body: null }, attempt)).toContain('does not know the event');
	});

	it('are none when Kustomer knows every name, or does not tell what it knows', () => {
		expect(words(['kustomer.tag.update'], KNOWN)).toBeUndefined();
		expect(words([], KNOWN)).toBeUndefined();
		expect(words(['kustomer.tags.create'], [])).toBeUndefined();
	});

	it('are not the reason of a refusal of another status', () => {
		expect(words(['a'], KNOWN, 403)).toBeUndefined();
	});
});

describe('values that Kustomer does not take', () => {
	it.each([400, 422])('are told by status %d', (status) => {
		expect(isInvalid({ status, body: null })).toBe(true);
	});

	it.each([200, 401, 403, 404, 409, 429, 500])('are not told by status %d', (status) => {
		expect(isInvalid({ status, body: null })).toBe(false);
	});
});
