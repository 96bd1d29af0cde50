import type { INodeParameters } from 'n8n-workflow';
import type { LocalKustomer } from '../../../../sandbox/kustomer/server.cts';
import { apiCredential, apiRun, chosen, startedKustomer } from '../../../support/actionWorld.cts';
import { itemOf, runNode, type NodeRun } from '../../../support/executeContext.cts';
import { itemFrom } from './cases.cts';

let kustomer: LocalKustomer;

beforeEach(async () => (kustomer = await startedKustomer()));
afterEach(async () => {
	jest.restoreAllMocks();
	await kustomer.close();
});

const SOURCE = 'solveig.aune@example.com';
const idOf = (index: number) => kustomer.records('customer')[index].id;

function merging(parameters: INodeParameters = {}, run: Partial<NodeRun> = {}) {
	return apiRun(
		kustomer,
		{
			resource: 'customer',
			operation: 'merge',
			customerToMerge: chosen('id', idOf(0)),
			customerToKeep: chosen('id', idOf(1)),
			...parameters,
		},
		run,
	);
}

const asked = () => kustomer.requestsTo('POST', '/v1/customers/merges').map(({ body }) => body);
const looks = () => kustomer.requestsTo('GET', '/v1/customers/merges/:id');

/** Kustomer's word for the job, whenever it is asked. */
function saying(status: unknown) {
	kustomer.faults.push({
		method: 'GET',
		path: /merges\//,
		status: 200,
		body: { data: { id: 'm', type: 'customer_merge', attributes: { status } } },
	});
}

it('merges one away, keeps the other, and waits until it is done', async () => {
	const [merged, kept] = [idOf(0), idOf(1)];
	expect(await itemFrom(merging())).toEqual({ status: 'complete', merged, kept });
	expect(asked()).toEqual([{ source: merged, target: kept }]);
	expect(looks().length).toBeGreaterThan(1);
});

it('takes every way of naming a customer', async () => {
	const merged = kustomer
		.records('customer')
		.find(({ attributes }) => JSON.stringify(attributes.emails).includes(SOURCE));
	const kept = kustomer.records('customer').find(({ id }) => id !== merged?.id);
	const page = `https://acme.kustomerapp.com/app/customers/${kept?.id}`;
	await runNode(
		merging({ customerToMerge: chosen('email', SOURCE), customerToKeep: chosen('url', page) }),
	);
	expect(asked()).toEqual([{ source: merged?.id, target: kept?.id }]);
});

it.each(['failed', 'needs_review', 'Complete'])('reports the state %s as it is', async (status) => {
	saying(status);
	expect(await itemFrom(merging())).toMatchObject({ status });
	expect(asked()).toHaveLength(1);
});

it('says pending after a minute', async () => {
	const { now } = Date;
	jest.spyOn(Date, 'now').mockImplementation(() => now() + 20_000 * looks().length);
	saying('In Progress');
	expect(await itemFrom(merging())).toMatchObject({ status: 'pending' });
	expect(looks()).toHaveLength(3);
	expect(asked()).toHaveLength(1);
});

it('says pending, and why, where the key may not see how it went', async () => {
	const roles = ['org.permission.customer_merge.create', 'org.permission.customer'];
	const { token } = kustomer.addKey({ token: 'eyJ-less', roles });
	kustomer.faults.push({ method: 'GET', path: /merges\//, status: 401 });
	const credentials = { kustomerApi: apiCredential(kustomer, token) };
	const { items, hints } = await runNode(merging({}, { credentials }));
	expect(items[0].json).toMatchObject({ status: 'pending' });
	expect(hints[0].message).toContain(
		'how it went is not known. n8n could not see whether the customers are merged: the API key lacks the role org.permission.customer_merge.read',
	);
});

it('never asks again, whatever became of the request', async () => {
	kustomer.faults.push({ method: 'POST', path: /merges/, reset: true, when: 'after' });
	await expect(runNode(merging())).rejects.toThrow('Kustomer may have carried it out nevertheless');
	expect(asked()).toHaveLength(1);
});

it('refuses to merge a customer into themselves', async () => {
	await expect(runNode(merging({ customerToKeep: chosen('id', idOf(0)) }))).rejects.toThrow(
		`"Customer to Merge Away" and "Customer to Keep" are the same customer, ${idOf(0)}. Nothing was merged.`,
	);
	expect(asked()).toEqual([]);
});

it.each([
	['customerToMerge', 'Customer to Merge Away'],
	['customerToKeep', 'Customer to Keep'],
])('asks for the %s', async (name, label) => {
	await expect(runNode(merging({ [name]: chosen('id', '') }))).rejects.toThrow(
		`No customer is given. Choose one in "${label}"`,
	);
	expect(asked()).toEqual([]);
});

it('does not merge on with a customer whom an earlier item merged away', async () => {
	const [merged, kept] = [idOf(0), idOf(1)];
	const pair = (one: string, other: string) => itemOf({ one, other });
	const run = merging(
		{
			customerToMerge: chosen('id', '={{ $json.one }}'),
			customerToKeep: chosen('id', '={{ $json.other }}'),
		},
		{
			items: [pair(merged, kept), pair(kept, merged), pair(merged, kept)],
			onError: 'continueRegularOutput',
		},
	);
	const { items } = await runNode(run);
	const words = `The customer ${merged} is merged away by an earlier item`;
	expect(items.map(({ json }) => json)).toEqual([
		{ status: 'complete', merged, kept },
		{ error: expect.stringContaining(words) },
		{ error: expect.stringContaining(words) },
	]);
	expect(asked()).toHaveLength(1);
});
