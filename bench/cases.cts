import { createHmac } from 'node:crypto';
import { makeEvent, type EventOverrides } from '../sandbox/kustomer/server.cts';
import { BARE } from './bounds.cts';
import { startFakeGithub } from './fakeGithub.cts';
import {
	publishGithub,
	publishHandBuilt,
	node,
	publishOurs,
	SIGNATURE_HEADER,
	publishWebhook,
	WORK,
	type Flow,
} from './flows.cts';
import type { Layout } from './layouts.cts';
import type { Shot } from './load.cts';

/** One thing that is compared. */
export interface Case {
	readonly name: string;
	readonly flow: Flow;
	readonly connections: number;
	/** Fresh ones for a round. */
	shots(count: number): Shot[];
	/** What every answer must be. */
	readonly status: number;
	/** How many executions a round of so many shots must add. */
	executions(count: number): { least: number; most: number };
}

const EVENT = 'kustomer.conversation.update';
const JSON_BODY = { 'content-type': 'application/json' };
const NOBODY = 'bbbbbbbbbbbbbbbbbbbbbbbb';

/** Builds and publishes everything that is compared in one n8n. */
export async function makeCases(layout: Layout): Promise<Case[]> {
	return [...(await casesOfN8n(layout)), ...(await ourCases(layout))];
}

async function casesOfN8n(layout: Layout): Promise<Case[]> {
	const bare = await publishWebhook(layout, {}, [WORK]);
	const hand = await publishHandBuilt(layout, [WORK]);
	const removeDuplicates = node('removeDuplicates', 2, {
		operation: 'removeItemsSeenInPreviousExecutions',
		logic: 'removeItemsWithAlreadySeenKeyValues',
		dedupeValue: '={{ $json.body.id }}',
		options: {},
	});
	const handUnique = await publishHandBuilt(layout, [removeDuplicates, WORK]);
	const github = await startFakeGithub();
	const githubTrigger = await publishGithub(layout, github);
	await github.close();
	return [
		accepted(BARE, bare),
		accepted('built by hand, accepted', hand),
		{ ...accepted('built by hand, filtered out', hand), shots: shotsFor(hand.secret, UNWANTED) },
		{ ...accepted('built by hand, duplicate', handUnique), shots: duplicates(handUnique) },
		{ ...accepted('GitHub Trigger', githubTrigger), shots: githubShots(githubTrigger) },
	];
}

async function ourCases(layout: Layout): Promise<Case[]> {
	const accepting = await publishOurs(layout, 'accepting', {});
	const filtering = await publishOurs(layout, 'filtering', { filters: { ignoreUserIds: NOBODY } });
	const byField = await publishOurs(layout, 'filtering by field', {
		filters: { changedFields: { field: [{ name: 'priority' }] } },
	});
	const batching = await publishOurs(layout, 'batching', {
		options: { batchWindow: 200, batchSize: 50 },
	});
	const remembering = await publishOurs(layout, 'remembering', {
		options: { catchUp: 'separate' },
	});
	const none = () => ({ least: 0, most: 0 });
	return [
		accepted('ours, accepted', accepting),
		accepted('ours, accepted, with Fetch Missed Events', remembering),
		{
			...accepted('ours, filtered out', filtering),
			shots: shotsFor(filtering.secret, UNWANTED),
			executions: none,
		},
		{
			...accepted('ours, filtered out by a field from a list', byField),
			shots: shotsFor(byField.secret, UNWANTED),
			executions: none,
		},
		{ ...accepted('ours, forged', accepting), shots: forged, status: 401, executions: none },
		{
			...accepted('ours, duplicate', accepting),
			shots: duplicates(accepting),
			// The very first may run, once in each process that receives.
			executions: () => ({ least: 0, most: layout.urls.length }),
		},
		{
			...accepted('ours, accepted, batched', batching),
			connections: 50,
			executions: (count) => ({ least: 1, most: count / 2 }),
		},
	];
}

/** Every delivery is valid and wanted, and starts an execution. */
function accepted(name: string, flow: Flow): Case {
	return {
		name,
		flow,
		connections: 20,
		shots: shotsFor(flow.secret, WANTED),
		status: 200,
		executions: (count) => ({ least: count, most: count }),
	};
}

const WANTED: EventOverrides = { changed: { priority: { from: 1, to: 5 } } };
const UNWANTED: EventOverrides = {
	changed: { status: { from: 'open', to: 'done' } },
	modifiedBy: NOBODY,
};
const forged = shotsFor('not the secret', WANTED);

/** Signed events of 1 to 4 kB, all different. */
function shotsFor(secret: string, overrides: EventOverrides): Case['shots'] {
	return (count) => Array.from({ length: count }, (_, index) => shotOf(secret, index, overrides));
}

function shotOf(secret: string, index: number, overrides: EventOverrides): Shot {
	const preview = 'The customer asks where the parcel is. '.repeat(index % 40);
	const body = JSON.stringify(makeEvent(EVENT, { ...overrides, attributes: { preview } }));
	return { body, headers: { ...JSON_BODY, [SIGNATURE_HEADER]: signatureOf(body, secret) } };
}

/** The same event again and again, in all rounds. */
function duplicates({ secret }: Flow): Case['shots'] {
	const shot = shotOf(secret, 1, WANTED);
	return (count) => Array.from({ length: count }, () => shot);
}

/** Of the same sizes, signed as GitHub signs. */
function githubShots({ secret }: Flow): Case['shots'] {
	const ofKustomer = shotsFor('', WANTED);
	const signed = (body: string) => ({
		...JSON_BODY,
		'x-github-event': 'push',
		'x-hub-signature-256': `sha256=${signatureOf(body, secret)}`,
	});
	return (count) => ofKustomer(count).map(({ body }) => ({ body, headers: signed(body) }));
}

function signatureOf(body: string, secret: string): string {
	return createHmac('sha256', secret).update(body).digest('hex');
}
