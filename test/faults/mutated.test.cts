import fc from 'fast-check';
import { verify } from '../../nodes/Kustomer/event/signature';
import { endTriggers, manualDraft, SECRET, startTrigger } from '../support/triggerContexts.cts';
import { mutations, trueDelivery } from './mutations.cts';
import { print } from './print.cts';

jest.setTimeout(1_800_000);

afterEach(async () => await endTriggers());

const FULL = process.env.FAULTS === 'full';

it('accepts none of very many spoiled deliveries, and every true one between them', () => {
	const runs = FULL ? 1_000_000 : 50_000;
	const verdicts: Record<string, number> = {};
	let tried = 0;
	fc.assert(
		fc.property(mutations(SECRET), ({ body, signature }) => {
			const header = Array.isArray(signature) ? signature.join(', ') : signature;
			const verdict = verify(body, header, [SECRET]);
			verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
			if (tried++ % 100 === 0) {
				const honest = trueDelivery(SECRET);
				if (verify(honest.body, honest.signature, [SECRET]) !== 'valid') return false;
			}
			return verdict !== 'valid';
		}),
		{ numRuns: runs },
	);
	print('Spoiled deliveries, by verdict', verdicts);
	expect(Object.keys(verdicts).sort()).toEqual(['malformedSignature', 'mismatch', 'noSignature']);
});

it('refuses each, throws nothing, starts nothing and writes a bounded log', async () => {
	const trigger = await startTrigger(manualDraft());
	await trigger.activate();
	const began = Date.now();
	const spoiled = fc.sample(mutations(SECRET), FULL ? 20_000 : 2_000);
	const statuses: Record<number, number> = {};
	for (let at = 0; at < spoiled.length; at += 50) {
		const answers = await Promise.all(
			spoiled.slice(at, at + 50).map(
				async ({ body, signature }) =>
					await trigger.deliver({
						body,
						secret: null,
						headers: { 'X-Kustomer-Webhook-Signature': signature },
					}),
			),
		);
		for (const { status } of answers) statuses[status] = (statuses[status] ?? 0) + 1;
	}
	const minutes = Math.ceil((Date.now() - began) / 60_000);
	print('Spoiled deliveries to the trigger, by status', {
		...statuses,
		lines: trigger.log().length,
	});
	// 422 is n8n's own answer to what is not JSON; it comes before any node is asked.
	expect(Object.keys(statuses)).toEqual(['401', '422']);
	expect(trigger.thrown).toEqual([]);
	expect(trigger.executions).toEqual([]);
	// One a minute, and the first.
	expect(trigger.log().length).toBeLessThanOrEqual(minutes + 1);
	const { body } = trueDelivery(SECRET);
	expect(await trigger.deliver({ body, secret: SECRET })).toMatchObject({ status: 200 });
});
