import type { INodeExecutionData } from 'n8n-workflow';
import { Bounded } from '../../bounded';
import { Cached, type CacheLimits } from './cache';
import { Collector } from './collector';
import { SeenEvents } from './seenEvents';
import { ThrottledLog } from './throttledLog';
import { Upkeep } from './upkeep';
import { Versions } from './versions';

/*
 * Everything that this process remembers, and for how long. A restart of n8n forgets it, on purpose.
 *
 * Of each trigger (1,000 of them; the one unused for longest goes first):
 * - events seen: the last 10,000
 * - events and records whose delivery is being answered: an hour at most, 10,000 of each
 * - how often an event failed: the last 1,000 that did
 * - the newest state of a record: the last 10,000 that changed
 * - when each kind of warning was last logged
 * - its address, what the looks at its webhook found, did and told, and what is being fetched
 * - the open batch: until its window ends (2 s at most), 50 deliveries in the whole process
 *
 * Of the process (1,000 of each; the one set longest ago goes first):
 * - secrets of webhooks: until the restart if they are from the API, a minute if from a credential
 * - the user behind a credential's API key: a minute; the user of a key, by its digest: until the restart
 * - names of tags, users, teams and queues, by a key's digest (api/names.ts): five minutes, 200 lists
 * - when a key searched for what changed, by its digest (api/searchBudget.ts): a minute, 100 keys
 * - the roles of an API key, by its digest (api/keyRoles.ts): a minute, 100 keys
 * - test webhooks that listen: until the test ends
 * - webhooks that are to stay although a try failed: until n8n's next call
 */

const MOST_TRIGGERS = 1_000;

/** n8n's own Remove Duplicates node keeps as many. */
export const REMEMBERED_EVENTS = 10_000;

const REMEMBERED_RECORDS = 10_000;
const REMEMBERED_FAILURES = 1_000;
const LOG_INTERVAL_MS = 60_000;

/** Kustomer has given up on a delivery by then: its retries end after little more than an hour. */
const ANSWER_TIMEOUT_MS = 60 * 60_000;

/** Deliveries held back for a batch: each takes about 11 MB in n8n's default expression engine. */
const held = { count: 0, most: 50 };

/** What this process remembers about one trigger. */
export type TriggerMemory = {
	seen: SeenEvents;
	/** How often an event failed. */
	failures: Bounded<number>;
	versions: Versions;
	log: ThrottledLog;
	collector: Collector<INodeExecutionData>;
};

const triggers = new Bounded<TriggerMemory>(MOST_TRIGGERS);

/** @returns what tells triggers apart: workflow id, node id, and test or production */
export function triggerKey(workflowId: string | undefined, nodeId: string, isTest = false): string {
	return `${workflowId}|${nodeId}|${isTest ? 'test' : 'production'}`;
}

/** @param key as `triggerKey` makes it */
export function memoryOf(key: string): TriggerMemory {
	return triggers.use(key, () => ({
		seen: new SeenEvents(REMEMBERED_EVENTS, ANSWER_TIMEOUT_MS),
		failures: new Bounded(REMEMBERED_FAILURES),
		versions: new Versions(REMEMBERED_RECORDS, ANSWER_TIMEOUT_MS),
		log: new ThrottledLog(LOG_INTERVAL_MS),
		collector: new Collector(held),
	}));
}

const upkeeps = new Bounded<Upkeep>(MOST_TRIGGERS);

/** @returns what the process remembers about looking after a trigger's webhook in production */
export function upkeepOf(workflowId: string | undefined, nodeId: string): Upkeep {
	return upkeeps.use(`${workflowId}|${nodeId}`, () => new Upkeep());
}

export type Secrets = readonly string[];

/** A credential read inside `webhook()` costs n8n more CPU than everything else that is done there. */
export const CREDENTIAL_LIMITS: CacheLimits = {
	maxAgeMs: 60_000,
	mismatchIntervalMs: 10_000,
	failurePauseMs: 1_000,
};

/** Kept for the life of the process; forged deliveries cause at most one request a minute. */
export const API_LIMITS: CacheLimits = { mismatchIntervalMs: 60_000, failurePauseMs: 1_000 };

const secrets = new Bounded<Cached<Secrets>>(MOST_TRIGGERS);

/** @param key tells where the secrets come from; it holds nothing secret */
export function cachedSecrets(key: string, limits: CacheLimits): Cached<Secrets> {
	return secrets.use(key, () => new Cached(limits));
}

/**
 * @param webhook by its address, because one that a look made again has an id that n8n does not save
 * @returns the cache of the secret that Kustomer's API hands out for a webhook
 */
export function cachedWebhookSecret(webhook: { host?: string; url?: string; webhookId?: string }) {
	return cachedSecrets(`api|${webhook.host}|${webhook.url ?? webhook.webhookId}`, API_LIMITS);
}

/** How often the credential is looked at for another key. */
const OWN_USER_LIMITS: CacheLimits = {
	maxAgeMs: 60_000,
	mismatchIntervalMs: 60_000,
	failurePauseMs: 10_000,
};

const ownUsers = new Bounded<Cached<string>>(MOST_TRIGGERS);

/** @returns the cache of the user behind the key in a credential; empty text: Kustomer does not tell */
export function cachedOwnUser(credentialId: string): Cached<string> {
	return ownUsers.use(credentialId, () => new Cached(OWN_USER_LIMITS));
}

/** Users by a digest of their key, so that Kustomer is asked once for each key; empty as above. */
export const usersByKey = new Bounded<string>(MOST_TRIGGERS);

/** Ids of this process' webhooks of tests that listen: not to be taken for leftovers. */
export const liveTests = new Bounded<true>(MOST_TRIGGERS);

/** Ids of webhooks that n8n would delete after a try that failed, and that are to stay. */
export const spared = new Bounded<true>(MOST_TRIGGERS);
