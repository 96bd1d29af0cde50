import { apiReply, type ApiRequest } from '../../api/request';
import { pause, refuseWhenStopped } from '../../api/waiting';
import { textOf } from '../../narrowing';
import { InputMistake } from '../itemErrors';
import type { Operation } from '../operation';
import { Access } from './access';
import { refuseUnlessConfirmed } from './confirming';
import { customer } from './customer';
import { locatorOf } from './locators';

const MERGE_ROLE =
	'org.permission.customer_merge.create (or org.user.customer.write, or org.admin.customer.merge.write)';
const READ_ROLE = 'org.permission.customer_merge.read (or org.user.customer.read)';

const GONE = { parameter: 'customerToMerge', label: 'Customer to Merge Away' };
const KEPT = { parameter: 'customerToKeep', label: 'Customer to Keep' };

/** Source: https://developer.kustomer.com/api/core-resources/create-customer-merge */
export const merge: Operation = {
	name: 'Merge',
	value: 'merge',
	action: 'Merge customers',
	description:
		'Merge a customer into another, e.g. because one person wrote from two addresses. Their conversations move, and the merged customer is gone for good.',
	credential: 'kustomerApi',
	properties: [
		{
			displayName:
				'Running this step from the editor really merges the customers, and Kustomer cannot undo it.',
			name: 'mergeNotice',
			type: 'notice',
			default: '',
		},
		{
			...locatorOf(customer, 'The customer who is gone afterwards'),
			displayName: GONE.label,
			name: GONE.parameter,
		},
		{
			...locatorOf(
				customer,
				'The customer who stays, and gets the addresses, tags and conversations of the other',
			),
			displayName: KEPT.label,
			name: KEPT.parameter,
		},
	],
	async perItem(item) {
		const access = new Access(item, customer);
		refuseUnlessConfirmed(item, { ...GONE, done: 'merged' });
		const source = (await access.meant(GONE)).id;
		const target = (await access.meant(KEPT)).id;
		refuseUnmergeable(access, { source, target });
		return { status: await mergedStatus(access, { source, target }), merged: source, kept: target };
	},
};

type Pair = { source: string; target: string };

/** Two items may name the same customers, also the other way round. */
function refuseUnmergeable({ item }: Access, { source, target }: Pair): void {
	if (source === target) {
		throw new InputMistake(
			`"${GONE.label}" and "${KEPT.label}" are the same customer, ${source}. Nothing was merged.`,
		);
	}
	const gone = item.run.once('customers merged away', () => new Set<string>());
	for (const id of [source, target]) {
		if (!gone.has(id)) continue;
		throw new InputMistake(
			`The customer ${id} is merged away by an earlier item of this run, so this item merged nothing.`,
		);
	}
	gone.add(source);
}

/** How Kustomer calls a job that is not over is not documented. */
const UNDER_WAY: ReadonlySet<string> = new Set([
	'',
	'created',
	'in_progress',
	'new',
	'pending',
	'processing',
	'queued',
	'running',
	'scheduled',
	'started',
]);

const LONGEST_WAIT_MS = 60_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8_000;

/** @returns Kustomer's word for what became of the merge; `pending` while it is not over */
async function mergedStatus(access: Access, body: Pair): Promise<string> {
	const asked: ApiRequest = {
		...access.call,
		purpose: 'merge the customers',
		role: MERGE_ROLE,
		missing: `Kustomer has no customer with the ID ${body.source} or ${body.target}. One of them may have been deleted or merged already.`,
		method: 'POST',
		path: '/v1/customers/merges',
		body,
	};
	const job = access.recordIn(await apiReply(access.caller, asked), asked);
	let status = textOf(job.attributes.status);
	const until = Date.now() + LONGEST_WAIT_MS;
	for (let pauseMs = FIRST_PAUSE_MS; isUnderWay(status); pauseMs *= 2) {
		const waitMs = Math.min(pauseMs, LONGEST_PAUSE_MS, until - Date.now());
		if (waitMs <= 0) return 'pending';
		await pause(access.caller, waitMs);
		const now = await statusOf(access, job.id);
		if (now === undefined) return 'pending';
		status = now;
	}
	return status;
}

function isUnderWay(status: string): boolean {
	return UNDER_WAY.has(status.toLowerCase().replace(/[\s-]/g, '_'));
}

/** @returns undefined where Kustomer does not tell: it has taken the merge nevertheless */
async function statusOf(access: Access, id: string): Promise<string | undefined> {
	const asked: ApiRequest = {
		...access.call,
		purpose: 'see whether the customers are merged',
		role: READ_ROLE,
		method: 'GET',
		path: `/v1/customers/merges/${encodeURIComponent(id)}`,
	};
	try {
		const job = access.recordIn(await apiReply(access.caller, asked), asked);
		return textOf(job.attributes.status);
	} catch (error) {
		refuseWhenStopped(access.caller);
		const why = error instanceof Error ? error.message : '';
		access.item.run.hint(`Kustomer merges the customers, but how it went is not known. ${why}`);
		return undefined;
	}
}
