import type { INode } from 'n8n-workflow';
import { findWebhook, listWebhooks, type Webhook } from '../../api/outboundWebhooks';
import { compare, signatureIn, type Verdict } from '../../event/signature';
import { textsOf } from '../../narrowing';
import type { Cached } from '../memory/cache';
import {
	API_LIMITS,
	CREDENTIAL_LIMITS,
	cachedSecrets,
	cachedWebhookSecret,
	type Secrets,
} from '../memory/memory';
import { within } from '../memory/pending';
import { isOwn, registrantOf } from '../registration/webhookNames';
import { staticDataOf } from '../registration/staticData';
import type { Settings } from '../settings';
import type { SignedRequest } from './signedRequest';
import { API_TIMEOUT_MS, type Trigger } from './trigger';

const CREDENTIAL = 'kustomerWebhookApi';

/** One place that secrets come from. */
type Source = { cache: Cached<Secrets>; read: () => Promise<Secrets> };

/** A verdict, or that no secret could be had to come to one. */
export type Checked = Verdict | 'unavailable';

/**
 * Checks a delivery's signature against every secret that holds now. Nothing is read while a
 * secret in memory matches; a mismatch reads again, as often as the limits allow.
 */
export async function checkSignature(
	trigger: Trigger,
	settings: Settings,
	request: SignedRequest,
): Promise<Checked> {
	const signature = signatureIn(request.signature);
	if (typeof signature === 'string') return signature;
	const judge = (secrets: Secrets | undefined) =>
		secrets === undefined ? 'unavailable' : compare(request.rawBody, signature, secrets);
	const doubted: Array<{ source: Source; known: Secrets; verdict: Checked }> = [];
	const verdicts: Checked[] = [];
	for (const source of sourcesOf(trigger, settings)) {
		const known = source.cache.known(Date.now());
		const secrets = known ?? (await inTime(trigger, source.cache.get(source.read, Date.now())));
		const verdict = judge(secrets);
		if (verdict === 'valid') return verdict;
		// What was read for this very delivery need not be read again.
		if (known === undefined) verdicts.push(verdict);
		else doubted.push({ source, known, verdict });
	}
	for (const { source, known, verdict } of doubted) {
		const secrets = await inTime(trigger, source.cache.reread(source.read, Date.now()));
		const second = secrets === known ? verdict : judge(secrets);
		if (second === 'valid') return second;
		verdicts.push(second);
	}
	return combined(verdicts);
}

async function inTime<T>(trigger: Trigger, reading: Promise<T>): Promise<T | undefined> {
	return await within(reading, trigger.readTimeout());
}

/** While one source cannot be read, nobody can say that a delivery is forged. */
function combined(verdicts: readonly Checked[]): Checked {
	if (verdicts.includes('unavailable')) return 'unavailable';
	return verdicts.includes('mismatch') ? 'mismatch' : 'noSecret';
}

/** The credential comes first: while it matches, an expired API key does not stop deliveries. */
function sourcesOf(trigger: Trigger, settings: Settings): Source[] {
	const { context, node } = trigger;
	const sources: Source[] = [];
	const id = credentialId(node);
	if (id !== undefined) {
		const read = async () => secretsIn(await context.getCredentials(CREDENTIAL));
		sources.push({ cache: cachedSecrets(`credential|${id}|${node.id}`, CREDENTIAL_LIMITS), read });
	}
	if (settings.registration === 'automatic') sources.push(apiSource(trigger, settings));
	return sources;
}

function apiSource(trigger: Trigger, settings: Settings): Source {
	const { context, node } = trigger;
	const { host, url, webhookId } = staticDataOf(context);
	const cache =
		webhookId === undefined
			? cachedSecrets(`url|${context.getWorkflow().id}|${node.id}`, API_LIMITS)
			: cachedWebhookSecret({ host, url, webhookId });
	const read = async () => {
		const named = webhookId && (await findWebhook(context, webhookId, API_TIMEOUT_MS));
		const webhook = named || (await ownAtKustomer(trigger, settings));
		// Deleted at Kustomer: what it sent before is still signed with the secret we know.
		const known = cache.known(Date.now());
		if (webhook === undefined && known !== undefined) return known;
		if (webhook === undefined || webhook.token === '') throw new SecretMissing();
		return [webhook.token];
	};
	return { cache, read };
}

/**
 * n8n saves static data a moment after the webhook was made, and never the id of one that a look
 * made again: a delivery finds it by its address.
 */
async function ownAtKustomer(trigger: Trigger, settings: Settings): Promise<Webhook | undefined> {
	const { context } = trigger;
	const registrant = registrantOf(context, settings.webhookName);
	const url = String(context.getNodeWebhookUrl('default'));
	const listed = await listWebhooks(context, API_TIMEOUT_MS);
	return listed.find((webhook) => isOwn(webhook, url, registrant));
}

class SecretMissing extends Error {}

function secretsIn({ secret, previousSecret }: Record<string, unknown>): string[] {
	return textsOf([secret, previousSecret]);
}

function credentialId(node: INode): string | undefined {
	const chosen = node.credentials?.[CREDENTIAL];
	return chosen && String(chosen.id);
}
