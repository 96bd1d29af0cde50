import {
	API_LIMITS,
	cachedOwnUser,
	cachedSecrets,
	cachedWebhookSecret,
	memoryOf,
} from '../../../../nodes/Kustomer/trigger/memory/memory';
import { eventOf, updated } from '../../../fixtures/envelopes.cts';

describe('what the process remembers', () => {
	it('is the same for the same trigger', () => {
		expect(memoryOf('same')).toBe(memoryOf('same'));
	});

	it('is kept apart for another trigger', () => {
		const claim = memoryOf('one').seen.claim('event', 0);
		if (claim.kind === 'new') claim.settle(true);
		expect(memoryOf('one').seen.claim('event', 1).kind).toBe('seen');
		expect(memoryOf('other').seen.claim('event', 1).kind).toBe('new');
	});

	it('holds failures and versions too', () => {
		const memory = memoryOf('holding');
		memory.failures.set('event', 1);
		const envelope = updated('kustomer.conversation.update');
		const newer = memory.versions.claim(eventOf(envelope), 0);
		envelope.data.attributes.rev = 1;
		const older = eventOf(envelope);
		expect(memoryOf('holding').failures.get('event')).toBe(1);
		expect(memoryOf('holding').versions.claim(older, 59 * 60_000).kind).toBe('pending');
		if (newer.kind === 'new') newer.settle(true);
		expect(memoryOf('holding').versions.claim(older, 60_000).kind).toBe('seen');
	});

	it('of the trigger that was unused for longest is forgotten when there are too many', () => {
		const [used, unused] = [memoryOf('used'), memoryOf('unused')];
		for (let count = 0; count < 999; count++) {
			memoryOf(`another ${count}`);
			memoryOf('used');
		}
		expect(memoryOf('used')).toBe(used);
		expect(memoryOf('unused')).not.toBe(unused);
	});
});

describe('the caches of this process', () => {
	it('are one for each source of secrets', () => {
		const cache = cachedSecrets('somewhere', API_LIMITS);
		cache.put(['a'], 0);
		expect(cachedSecrets('somewhere', API_LIMITS)).toBe(cache);
		expect(cachedSecrets('elsewhere', API_LIMITS).known(1)).toBeUndefined();
	});

	it.each([
		['another webhook', { host: 'https://a.example', webhookId: 'w2' }],
		['the same id at another host', { host: 'https://b.example', webhookId: 'w1' }],
	])('do not give the secret of one webhook to %s', (_, other) => {
		const own = { host: 'https://a.example', webhookId: 'w1' };
		cachedWebhookSecret(own).put(['a'], 0);
		expect(cachedWebhookSecret(own).known(1)).toEqual(['a']);
		expect(cachedWebhookSecret(other).known(1)).toBeUndefined();
	});

	it('are one for the user behind each credential, known for a minute', () => {
		cachedOwnUser('credential').put('user', 0);
		expect(cachedOwnUser('credential').known(59_999)).toBe('user');
		expect(cachedOwnUser('credential').known(60_000)).toBeUndefined();
		expect(cachedOwnUser('another').known(1)).toBeUndefined();
	});
});
