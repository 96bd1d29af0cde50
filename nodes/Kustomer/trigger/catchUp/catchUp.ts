import { NodeApiError, type INodeExecutionData } from 'n8n-workflow';
import { mayReadEvents } from '../../api/conversations';
import {
	changeWebhook,
	findWebhook,
	keyOwner,
	listDeliveries,
	loggedDelivery,
	type Webhook,
} from '../../api/outboundWebhooks';
import { refuseWhenStopped } from '../../api/waiting';
import { isPaused, missedSince, withMissedSince } from '../../api/webhookMarks';
import { isChosen } from '../../event/catalog';
import { CHANGES_UNKNOWN, ignoredAuthor, whyFiltered } from '../../event/filters';
import { simplifiedItem } from '../../event/item';
import { keysOf } from '../../missed/keys';
import { missedEvents, RECOVERABLE_NAMES } from '../../missed/missed';
import type { Recovered } from '../../missed/recovered';
import { memoryOf, triggerKey, upkeepOf, type TriggerMemory } from '../memory/memory';
import type { Settle } from '../memory/pending';
import { endedBy, tell, warn, type Looking, type Watch } from '../registration/look';
import { staticDataOf } from '../registration/staticData';
import { hasSucceeded } from '../webhook/deduplication';
import { AFTER_ON_MS, beginningOfGivenUp, longestAgo } from './beginning';
import { handOver, itemWith } from './handOver';
import * as words from './catchUpWords';

/** At one look; the rest at the next ones. */
const MOST_ITEMS = 2_000;

/** So many items are handed over before the mark in the webhook's name is moved on. */
const ITEMS_BETWEEN_MARKS = 100;

/** Kustomer's search is a minute behind; its clock and ours may differ. */
const INDEX_LAG_MS = 90_000;

const LOGGED_DELIVERIES = 100;

/** Fetches missed events where that is wanted, in a turn of its own beside the looks. */
export async function catchUp(watch: Watch): Promise<void> {
	if (watch.settings.catchUp === 'off') return;
	const upkeep = upkeepOf(watch.workflowId, watch.nodeId);
	await upkeep.turns.begin('catchUp', async (stopped) => {
		const looking = { ...watch, upkeep, context: endedBy(watch.context, stopped) };
		const [outcome] = await Promise.allSettled([fetchMissed(looking)]);
		if (outcome.status === 'rejected' && !stopped.aborted) noteFailure(looking, outcome.reason);
	});
}

/**
 * Fetches what Kustomer could not deliver, if there is anything: since the mark in the webhook's
 * name, or since the first delivery that was given up. It takes one request if there is nothing.
 *
 * @throws NodeApiError as the calls to Kustomer
 */
async function fetchMissed(looking: Looking): Promise<void> {
	const { webhook } = looking.upkeep.missed;
	if (webhook === undefined || !webhook.enabled || isPaused(webhook.name)) return;
	const { missed } = looking.upkeep;
	const marked = missedSince(webhook.name) ?? (missed.isNotNoted ? missed.mark : undefined);
	if (marked === undefined) return await beginWithGivenUp(looking, webhook);
	if (missed.mark === undefined) {
		// After a restart nobody knows when the gap began, nor that it ended before now.
		missed.mark = marked;
		missed.began = longestAgo(marked);
		missed.until = new Date().toISOString();
	}
	await goOn(looking, webhook);
}

async function beginWithGivenUp(looking: Looking, webhook: Webhook): Promise<void> {
	const { context, upkeep } = looking;
	const { missed } = upkeep;
	missed.end();
	const nowMs = Date.now();
	const logged = await listDeliveries(context, webhook.id, LOGGED_DELIVERIES);
	const since = beginningOfGivenUp(logged.map(loggedDelivery), missed.handledUntilMs, nowMs);
	if (since === undefined) return;
	missed.until = new Date(nowMs + AFTER_ON_MS).toISOString();
	missed.began = since;
	await mark(looking, webhook, since);
	await goOn(looking, webhook);
}

/** Hands over what happened since the mark, and moves it on. */
async function goOn(looking: Looking, webhook: Webhook): Promise<void> {
	const { context, settings, upkeep } = looking;
	const { missed } = upkeep;
	const nowMs = Date.now();
	if (nowMs < missed.nextAtMs || missed.mark === undefined || missed.until === undefined) return;
	missed.shownSince ??= missed.mark;
	const now = new Date(nowMs).toISOString();
	const gap = {
		since: missed.mark,
		until: missed.until < now ? missed.until : now,
		began: missed.began,
	};
	const { chosen } = settings;
	const names = RECOVERABLE_NAMES.filter((name) => isChosen(chosen, name));
	const run = new Run(looking, webhook, await ownUser(looking));
	let isWhole = true;
	if (gap.since < gap.until && names.length > 0) {
		const readsEvents = await mayReadEvents(context);
		for await (const event of missedEvents(context, gap, { names, readsEvents })) {
			await run.take(event);
			isWhole = run.passed < MOST_ITEMS;
			if (!isWhole) break;
		}
		await run.flush();
	}
	const settledMs = Date.parse(missed.until) + INDEX_LAG_MS;
	if (isWhole && nowMs >= settledMs) return await close(looking, webhook);
	if (isWhole) {
		missed.nextAtMs = settledMs;
		const sure = new Date(nowMs - INDEX_LAG_MS).toISOString();
		if (sure > missed.mark) await mark(looking, webhook, sure);
	} else await mark(looking, webhook, run.reached ?? missed.mark);
}

async function close(looking: Looking, webhook: Webhook): Promise<void> {
	const { missed } = looking.upkeep;
	const { given, withheld, shownSince = '', until = '' } = missed;
	if (!(await mark(looking, webhook, undefined))) return;
	missed.handledUntilMs = Date.parse(until);
	missed.end();
	const gap = { since: shownSince, until };
	if (given > 0) warn(looking, words.fetched(given, gap));
	if (withheld > 0) tell(looking, words.withheld(withheld, gap));
}

/**
 * Writes into the webhook's name what is still to be fetched. A look may have written another mark
 * meanwhile, because the webhook was off again: then that holds.
 *
 * @returns whether the mark is as wanted
 */
async function mark(
	looking: Looking,
	{ id }: Webhook,
	since: string | undefined,
): Promise<boolean> {
	const { context, upkeep } = looking;
	const { missed } = upkeep;
	refuseWhenStopped(context);
	const webhook = await findWebhook(context, id);
	if (webhook === undefined) return false;
	const found = missedSince(webhook.name);
	if (missed.mark !== undefined && found !== undefined && found !== missed.mark) {
		missed.mark = found < missed.mark ? found : missed.mark;
		return false;
	}
	refuseWhenStopped(context);
	const changed = await changeWebhook(context, id, { name: withMissedSince(webhook.name, since) });
	missed.mark = since;
	missed.isNotNoted = 'reply' in changed;
	if (!('reply' in changed)) {
		missed.webhook = changed;
		return true;
	}
	warn(looking, words.MARK_REFUSED);
	return true;
}

/** @returns the user of the API key, where its changes are to be ignored */
async function ownUser({ context, settings }: Looking): Promise<string[]> {
	if (!settings.ignoreOwnChanges) return [];
	const { userId = '' } = staticDataOf(context);
	const user = (await keyOwner(context)).userId || userId;
	return user === '' ? [] : [user];
}

type Claimed = { item: INodeExecutionData; at: string; settle: Settle };

/** One run through what was missed: filters, duplicates, executions, and the mark. */
class Run {
	/** How many passed the filters. */
	passed = 0;

	/** When what was handed over last happened. */
	reached: string | undefined;

	private batch: Claimed[] = [];

	private sinceMark = 0;

	private readonly memory: TriggerMemory;

	constructor(
		private readonly looking: Looking,
		private readonly webhook: Webhook,
		private readonly ownUsers: readonly string[],
	) {
		const { context } = looking;
		this.memory = memoryOf(triggerKey(context.getWorkflow().id, context.getNode().id));
	}

	async take(event: Recovered): Promise<void> {
		const { settings } = this.looking;
		if (!this.passes(event)) return;
		const settle = await this.claim(event);
		const { later } = event;
		if (settle === undefined) {
			// Its creation was delivered before the gap: then its change is what was missed.
			if (later !== undefined && this.isChosen(later)) await this.take(later);
			return;
		}
		this.passed += 1;
		const shown = (one: Recovered) => (settings.simplify ? simplifiedItem(one) : one.raw);
		const hasLater = later !== undefined && this.isChosen(later) && this.passes(later);
		const instead = hasLater ? shown(later) : undefined;
		const item = itemWith(shown(event), keysOf(event), instead);
		this.batch.push({ item, at: event.at, settle });
		if (this.batch.length >= (settings.batchWindowMs === 0 ? 1 : settings.batchSize)) {
			await this.flush();
		}
	}

	private isChosen({ name }: Recovered): boolean {
		return isChosen(this.looking.settings.chosen, name);
	}

	/** @returns whether the filters let it pass; counts what they cannot judge */
	private passes(event: Recovered): boolean {
		const { settings, upkeep } = this.looking;
		const reason =
			whyFiltered(event, settings.filters, Date.now()) ?? ignoredAuthor(event, this.ownUsers);
		if (reason === CHANGES_UNKNOWN) upkeep.missed.withheld += 1;
		return reason === undefined;
	}

	/** Hands over what was taken. */
	async flush(): Promise<void> {
		const taken = this.batch;
		const last = taken.at(-1);
		if (last === undefined) return;
		this.batch = [];
		const handing = handOver(
			this.looking.context,
			taken.map(({ item }) => item),
		);
		const [outcome] = await Promise.allSettled([handing]);
		for (const { settle } of taken) settle(outcome.status === 'fulfilled');
		await handing;
		this.reached = last.at;
		this.looking.upkeep.missed.given += taken.length;
		this.sinceMark += taken.length;
		if (this.sinceMark < ITEMS_BETWEEN_MARKS) return;
		this.sinceMark = 0;
		await mark(this.looking, this.webhook, this.reached);
	}

	/** @returns to be told the outcome; undefined for a duplicate, or for what is outdated */
	private async claim(event: Recovered): Promise<Settle | undefined> {
		const { seen, versions } = this.memory;
		const first = seen.claimAll(keysOf(event), Date.now());
		if (first.kind === 'seen') return undefined;
		if (first.kind === 'pending') {
			return (await hasSucceeded(first)) ? undefined : await this.claim(event);
		}
		if (!this.looking.settings.skipOutdated) return first.settle;
		const newest = versions.claim(event, Date.now());
		if (newest.kind === 'new') {
			return (succeeded) => {
				first.settle(succeeded);
				newest.settle(succeeded);
			};
		}
		first.settle(true);
		return undefined;
	}
}

/** What came to nothing: the key was refused, or Kustomer is away. */
function noteFailure(looking: Looking, error: unknown): void {
	const { missed } = looking.upkeep;
	const status = error instanceof NodeApiError ? Number(error.httpCode) : NaN;
	const reason = error instanceof NodeApiError ? error.message : 'Something unexpected happened.';
	if (status >= 400 && status < 500 && status !== 429) {
		if (missed.standing !== reason) tell(looking, words.notFetched(reason));
		missed.standing = reason;
		return;
	}
	const summary = missed.away.note('away', reason, Date.now());
	if (summary !== undefined) warn(looking, words.notYetFetched(summary.reason));
}
