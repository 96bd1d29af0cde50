import type { LoggedDelivery, Webhook } from '../../../../nodes/Kustomer/api/outboundWebhooks';
import { loggedDelivery } from '../../../../nodes/Kustomer/api/outboundWebhooks';
import {
	beginningOfGap,
	lookStep,
	needsEvidence,
	type Evidence,
	type Found,
} from '../../../../nodes/Kustomer/trigger/registration/lookStep';
import { webhookLike } from '../../../support/webhook.cts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const NOW_MS = Date.parse('2026-01-05T10:00:00.000Z');
const OFF_AT = '2026-01-05T08:00:00.000Z';

const WANTED = {
	name: 'n8n: Mending desk (wF7kettle)',
	url: 'https://n8n.example.com/webhook/8c1f-made-up/webhook',
	events: ['kustomer.tag.create', 'kustomer.tag.update'],
};

const webhook = (changed: Partial<Webhook> = {}) =>
	webhookLike({
		createdBy: 'key-user',
		modifiedBy: 'key-user',
		createdAt: '2026-01-04T09:00:00.000Z',
		updatedAt: OFF_AT,
		...changed,
	});

const EVIDENCE: Evidence = { deliveries: [], keyUserId: 'key-user', editor: 'Imke Brandt' };

/** A look that finds all well, but for what is named. */
function found(changed: Partial<Found> = {}): Found {
	return {
		webhook: webhook(),
		wanted: WANTED,
		evidence: EVIDENCE,
		history: {},
		isFetched: false,
		nowMs: NOW_MS,
		...changed,
	};
}

const delivery = (minutesAgo: number, outcome: LoggedDelivery['outcome']): LoggedDelivery => ({
	sentAtMs: NOW_MS - minutesAgo * MINUTE_MS,
	outcome,
	isPlannedAgain: false,
});

const off = (changed: Partial<Webhook> = {}) => webhook({ enabled: false, ...changed });

describe('a webhook that is on', () => {
	it('with the wanted events is left as it is', () => {
		expect(lookStep(found())).toEqual({ do: 'nothing', isOn: true });
	});

	it('with more than the wanted events is left as it is', () => {
		const events = [...WANTED.events, 'kustomer.team.create'];
		expect(lookStep(found({ webhook: webhook({ events }) }))).toMatchObject({ do: 'nothing' });
	});

	it('without a wanted event gets it beside those it has', () => {
		const events = ['kustomer.team.create', 'kustomer.tag.update'];
		expect(lookStep(found({ webhook: webhook({ events }) }))).toMatchObject({
			do: 'addEvents',
			events: [...events, 'kustomer.tag.create'],
			warning: expect.stringContaining('Added: kustomer.tag.create'),
		});
	});
});

describe('a webhook that is paused', () => {
	it.each([
		['off', { enabled: false }],
		['off after failures', { enabled: false, isError: true }],
		['on', {}],
		['without events', { events: [] }],
		['at another URL', { url: 'https://elsewhere.example.com/' }],
	])('is left alone: %s', (_, changed) => {
		const paused = webhook({ ...changed, name: `${WANTED.name} (paused)` });
		expect(lookStep(found({ webhook: paused }))).toEqual({ do: 'nothing', isOn: false });
		expect(needsEvidence({ webhook: paused, wanted: WANTED })).toBe(false);
	});
});

describe('a webhook at another URL', () => {
	it.each([true, false])('is left as it is, and told with both addresses (on: %s)', (enabled) => {
		const url = 'https://elsewhere.example.com/';
		const moved = webhook({ url, enabled });
		const step = lookStep(found({ webhook: moved }));
		expect(step).toMatchObject({ do: 'leave', told: { subject: 'otherUrl' } });
		expect(step).toMatchObject({ told: { words: expect.stringContaining(url) } });
		expect(step).toMatchObject({ told: { words: expect.stringContaining(WANTED.url) } });
		expect(needsEvidence({ webhook: moved, wanted: WANTED })).toBe(false);
	});
});

describe('a webhook that is off', () => {
	it('needs evidence', () => {
		expect(needsEvidence({ webhook: off(), wanted: WANTED })).toBe(true);
		expect(needsEvidence({ webhook: webhook(), wanted: WANTED })).toBe(false);
		expect(needsEvidence({ webhook: undefined, wanted: WANTED })).toBe(false);
	});

	const BY_KUSTOMER: Array<[string, Partial<Found>]> = [
		['says so', { webhook: off({ isError: true }) }],
		[
			'says so, though a person edited it last',
			{ webhook: off({ isError: true, modifiedBy: 'p' }) },
		],
		[
			'has logged that the latest deliveries failed, though a person edited it last',
			{
				webhook: off({ modifiedBy: 'p' }),
				evidence: {
					...EVIDENCE,
					deliveries: [1, 2, 3].map((ago) => delivery(ago, 'failed')),
				},
			},
		],
		[
			'has logged nothing but a failure',
			{ webhook: off(), evidence: { ...EVIDENCE, deliveries: [delivery(1, 'failed')] } },
		],
	];

	it.each(BY_KUSTOMER)('because Kustomer %s, is switched on and told', (_, changed) => {
		expect(lookStep(found(changed))).toMatchObject({
			do: 'switchOn',
			byKustomer: true,
			words: expect.stringContaining('Kustomer had switched off'),
		});
	});

	it('by Kustomer is switched on however often', () => {
		const history = { switchedOnAtMs: NOW_MS - MINUTE_MS, standing: 'offAgain' };
		const step = lookStep(found({ webhook: off({ isError: true }), history }));
		expect(step).toMatchObject({ do: 'switchOn' });
	});

	it('by another user than the key’s is left off, and told with the name', () => {
		expect(lookStep(found({ webhook: off({ modifiedBy: 'p' }) }))).toMatchObject({
			do: 'leave',
			told: { words: expect.stringContaining('by Imke Brandt') },
		});
	});

	it('by another user is left off where the words of the log are not understood', () => {
		const deliveries = [1, 2, 3].map((ago) => delivery(ago, 'unknown'));
		const evidence = { ...EVIDENCE, deliveries };
		const step = lookStep(found({ webhook: off({ modifiedBy: 'p' }), evidence }));
		expect(step).toMatchObject({ do: 'leave' });
	});

	it('by another user is left off although some of the latest deliveries failed', () => {
		const deliveries = [delivery(1, 'failed'), delivery(2, 'failed'), delivery(3, 'succeeded')];
		const step = lookStep(
			found({ webhook: off({ modifiedBy: 'p' }), evidence: { ...EVIDENCE, deliveries } }),
		);
		expect(step).toMatchObject({ do: 'leave' });
	});

	const BY_NOBODY_KNOWS: Array<[string, Partial<Found>]> = [
		['no editor is told', { webhook: off({ modifiedBy: '' }) }],
		['the key’s own user edited it last', { webhook: off() }],
		[
			'the key’s own user is not told',
			{ webhook: off({ modifiedBy: 'p' }), evidence: { ...EVIDENCE, keyUserId: '' } },
		],
	];

	it.each(BY_NOBODY_KNOWS)('where %s, is switched on and told', (_, changed) => {
		expect(lookStep(found(changed))).toMatchObject({
			do: 'switchOn',
			byKustomer: false,
			words: expect.stringContaining('does not tell who switched it off'),
		});
	});

	it.each(BY_NOBODY_KNOWS)('where %s, is left off within a day of that', (_, changed) => {
		const within = { switchedOnAtMs: NOW_MS - 24 * HOUR_MS + 1 };
		const step = lookStep(found({ ...changed, history: within }));
		expect(step).toMatchObject({ do: 'leave', told: { subject: 'offAgain' } });
		const later = { switchedOnAtMs: NOW_MS - 24 * HOUR_MS };
		expect(lookStep(found({ ...changed, history: later }))).toMatchObject({ do: 'switchOn' });
		const still = { ...later, standing: 'offAgain' };
		expect(lookStep(found({ ...changed, history: still }))).toMatchObject({ do: 'leave' });
	});
});

describe('a webhook that is gone', () => {
	const gone = (changed: Partial<Found> = {}) => found({ webhook: undefined, ...changed });

	it('is made again under its wanted name where no look has seen it', () => {
		expect(lookStep(gone())).toMatchObject({ do: 'make', name: WANTED.name });
	});

	it('is made again under the name it had, without marks, and told from when events are missing', () => {
		const name = 'n8n: Former name (wF7kettle)';
		const lastSeen = { name: `${name} (paused)`, onAtMs: NOW_MS - 5 * MINUTE_MS };
		expect(lookStep(gone({ history: { lastSeen } }))).toMatchObject({
			do: 'make',
			name,
			words: expect.stringContaining('from 2026-01-05T09:55:00Z to 2026-01-05T10:00:00Z'),
		});
	});

	it('again within a day is left, and stays so', () => {
		const within = { madeAtMs: NOW_MS - 24 * HOUR_MS + 1 };
		expect(lookStep(gone({ history: within }))).toMatchObject({
			do: 'leave',
			told: { subject: 'goneAgain' },
		});
		const later = { madeAtMs: NOW_MS - 24 * HOUR_MS };
		expect(lookStep(gone({ history: later }))).toMatchObject({ do: 'make' });
		const still = { ...later, standing: 'goneAgain' };
		expect(lookStep(gone({ history: still }))).toMatchObject({ do: 'leave' });
	});
});

describe('the beginning of a gap', () => {
	it.each<[string, LoggedDelivery[], string, string]>([
		[
			'the first of the deliveries that failed last',
			[
				delivery(1, 'failed'),
				delivery(40, 'failed'),
				delivery(50, 'succeeded'),
				delivery(60, 'failed'),
			],
			OFF_AT,
			'2026-01-05T09:20:00.000Z',
		],
		[
			'the last delivery that succeeded',
			[delivery(50, 'succeeded'), delivery(60, 'failed')],
			OFF_AT,
			'2026-01-05T09:10:00.000Z',
		],
		['ninety minutes before it was switched off', [], OFF_AT, '2026-01-05T06:30:00.000Z'],
		['a day ago', [], '', '2026-01-04T10:00:00.000Z'],
	])('is %s', (_, deliveries, updatedAt, expected) => {
		const at = beginningOfGap({ updatedAt }, deliveries, NOW_MS);
		expect(new Date(at).toISOString()).toBe(expected);
	});
});

describe('a logged delivery', () => {
	const logged = (attributes: Record<string, unknown>) =>
		loggedDelivery({ id: 'd1', attributes, relationships: {} });

	it.each(['Success', 'succeeded', 'OK', 'Delivered', '200', 204])('succeeded: %s', (status) => {
		expect(logged({ status }).outcome).toBe('succeeded');
	});

	it.each(['Error', 'failed', 'Delivery failed', '500', 404, 'timed out'])(
		'failed: %s',
		(status) => {
			expect(logged({ status }).outcome).toBe('failed');
		},
	);

	it.each(['Pending', 'gone well', '', undefined])('is not understood: %s', (status) => {
		expect(logged({ status }).outcome).toBe('unknown');
	});

	it('was sent at a time in seconds, milliseconds or words', () => {
		for (const sentAt of [NOW_MS, NOW_MS / 1_000, new Date(NOW_MS).toISOString()]) {
			expect(logged({ sentAt }).sentAtMs).toBe(NOW_MS);
		}
		expect(logged({}).sentAtMs).toBeNaN();
	});

	it('is planned again where a next try is named', () => {
		expect(logged({ nextRetry: '2026-01-05T10:01:00.000Z' }).isPlannedAgain).toBe(true);
		for (const nextRetry of [null, undefined, '']) {
			expect(logged({ nextRetry }).isPlannedAgain).toBe(false);
		}
	});
});
