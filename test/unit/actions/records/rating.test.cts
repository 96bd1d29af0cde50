import type { LocalKustomer } from '../../../../sandbox/kustomer/server.cts';
import { apiRun, chosen, startedKustomer } from '../../../support/actionWorld.cts';
import { runNode } from '../../../support/executeContext.cts';
import { first, itemFrom, rated } from './cases.cts';

let kustomer: LocalKustomer;

beforeEach(async () => (kustomer = await startedKustomer()));
afterEach(async () => await kustomer.close());

const of = (conversation: string) =>
	apiRun(kustomer, {
		resource: 'satisfaction',
		operation: 'get',
		conversation: chosen('id', conversation),
	});

it('gives rating, score and comment beside the response', async () => {
	const response = first(kustomer, 'satisfaction_response');
	expect(await itemFrom(of(rated(kustomer)))).toMatchObject({
		id: response.id,
		attributes: { status: 'commented', rating: 5 },
		related: { conversation: rated(kustomer) },
		rating: 5,
		score: 1,
		comment: 'Quick and kind.',
	});
});

it.each([
	[['5', { value: 'Slow' }, { text: 'and late' }, { answer: 4 }, null], 'Slow\nand late'],
	[[], null],
	[undefined, null],
])('takes the words among the answers %j', async (answers, comment) => {
	kustomer.faults.push({
		path: /satisfaction-responses/,
		status: 200,
		body: { data: { id: 'r', type: 'satisfaction_response', attributes: { answers } } },
	});
	expect(await itemFrom(of(rated(kustomer)))).toMatchObject({ rating: null, score: null, comment });
});

it('says that there is no survey', async () => {
	const bare = kustomer
		.records('conversation')
		.find(
			({ attributes }) => !JSON.stringify(attributes.satisfactionLevel).includes('formResponse'),
		);
	await expect(runNode(of(String(bare?.id)))).rejects.toThrow(
		`The conversation ${bare?.id} has no satisfaction survey: none was sent`,
	);
});
