import type { IHookFunctions, INode, IWebhookFunctions } from 'n8n-workflow';
import { textOf } from '../../narrowing';
import { formOf, verify, type Verdict } from '../../event/signature';
import { isOwn } from '../registration/names';
import { keeperOf, type Read, type SecretKeeper } from '../memory/cache';
import { findWebhook, listWebhooks, type Webhook } from '../../api/outboundWebhooks';
import type { Trigger } from './log';
import { notesOf, type Notes } from '../registration/staticData';
import { API_TIMEOUT_MS, type Patience } from './timeout';
import type { Settings } from '../settings';

/** A credential read inside `webhook()` costs n8n more CPU than everything else that is done there. */
const CREDENTIAL_LIMITS = { maxAgeMs: 60_000, mismatchIntervalMs: 10_000, failurePauseMs: 1_000 };

/** Kept for the life of the process; forged deliveries cause at most one request a minute. */
const API_LIMITS = { mismatchIntervalMs: 60_000, failurePauseMs: 1_000 };

const CREDENTIAL = 'kustomerWebhookApi';

/** One place that secrets come from, and how long this delivery waits for it. */
type Source = { keeper: SecretKeeper; read: Read; patience: Patience };

export type SignedRequest = { rawBody: Uint8Array; signature: unknown };

/** A verdict, or that no secret could be had to come to one. */
export type Checked = Verdict | 'unavailable';

/**
 * Checks a delivery's signature against every secret that holds now. Nothing is read while a
 * secret in memory matches; a mismatch reads again, as often as the limits allow.
 */
export async function checkSignature(
	trigger: Trigger,
	request: SignedRequest,
	settings: Settings,
): Promise<Checked> {
	const malformed = formOf(request.signature);
	if (malformed !== undefined) return malformed;
	const sources = sourcesOf(trigger, settings);
	const firsts: First[] = [];
	for (const source of sources) {
		const first = await firstVerdict(source, request);
		if (first.verdict === 'valid') return 'valid';
		firsts.push(first);
	}
	const verdicts: Checked[] = [];
	for (const [place, source] of sources.entries()) {
		const verdict = await secondVerdict(source, request, firsts[place]);
		if (verdict === 'valid') return 'valid';
		verdicts.push(verdict);
	}
	return combined(verdicts);
}

/** @returns the keeper of the secret that Kustomer's API gives out for the noted webhook */
export function apiSecretKeeper(notes: Notes): SecretKeeper {
	return keeperOf(`api|${notes.host}|${notes.webhookId}`, API_LIMITS);
}

/** @returns whether the node has a webhook credential with a secret in it */
export async function hasSecretCredential(hook: IHookFunctions): Promise<boolean> {
	if (!credentialId(hook.getNode())) return false;
	return secretsIn(await hook.getCredentials(CREDENTIAL)).length > 0;
}

/** What the secrets in memory say; `isFresh` when they were read for this very delivery. */
type First = { verdict: Checked; isFresh: boolean };

async function firstVerdict(source: Source, request: SignedRequest): Promise<First> {
	const known = source.keeper.known(Date.now());
	const secrets =
		known ?? (await source.patience.inTime(source.keeper.get(source.read, Date.now())));
	if (secrets === undefined) return { verdict: 'unavailable', isFresh: true };
	const verdict = verify(request.rawBody, request.signature, secrets);
	return { verdict, isFresh: known === undefined };
}

async function secondVerdict(
	source: Source,
	request: SignedRequest,
	first: First,
): Promise<Checked> {
	if (first.isFresh) return first.verdict;
	const again = await source.patience.inTime(source.keeper.reread(source.read, Date.now()));
	if (again === undefined || again.kind === 'unavailable') return 'unavailable';
	if (again.kind === 'tooSoon') return first.verdict;
	return verify(request.rawBody, request.signature, again.secrets);
}

/** While one source cannot be read, nobody can say that a delivery is forged. */
function combined(verdicts: readonly Checked[]): Checked {
	if (verdicts.includes('unavailable')) return 'unavailable';
	return verdicts.includes('mismatch') ? 'mismatch' : 'noSecret';
}

/** The credential comes first: while it matches, an expired API key does not stop deliveries. */
function sourcesOf({ context, node, patience }: Trigger, settings: Settings): Source[] {
	const sources: Source[] = [];
	const id = credentialId(node);
	if (id !== undefined) {
		const read = async () => secretsIn(await context.getCredentials(CREDENTIAL));
		const keeper = keeperOf(`credential|${id}|${node.id}`, CREDENTIAL_LIMITS);
		sources.push({ keeper, read, patience });
	}
	if (settings.registration === 'automatic') {
		const notes = notesOf(context);
		const keeper =
			notes.webhookId === undefined
				? keeperOf(`url|${context.getWorkflow().id}|${node.id}`, API_LIMITS)
				: apiSecretKeeper(notes);
		const read = async () => await tokensOf(context, notes, keeper);
		sources.push({ keeper, read, patience });
	}
	return sources;
}

async function tokensOf(
	context: IWebhookFunctions,
	notes: Notes,
	keeper: SecretKeeper,
): Promise<readonly string[]> {
	const webhook =
		notes.webhookId === undefined
			? await ownAtKustomer(context)
			: await findWebhook(context, notes.webhookId, API_TIMEOUT_MS);
	// Deleted at Kustomer: what it sent before is still signed with the secret we know.
	const known = keeper.known(Date.now());
	if (webhook === undefined && known !== undefined) return known;
	if (webhook === undefined || webhook.token === '') throw new SecretMissing();
	return [webhook.token];
}

/** n8n saves the notes a moment after the webhook was made: an early delivery finds it by its address. */
async function ownAtKustomer(context: IWebhookFunctions): Promise<Webhook | undefined> {
	const { id, name } = context.getWorkflow();
	const registrant = {
		workflowId: String(id),
		workflowName: name,
		chosenName: textOf(context.getNodeParameter('options.webhookName', '')),
		isTest: context.getMode() === 'manual',
	};
	const url = String(context.getNodeWebhookUrl('default'));
	const listed = await listWebhooks(context, API_TIMEOUT_MS);
	return listed.find((webhook) => isOwn(webhook, url, registrant));
}

class SecretMissing extends Error {}

function secretsIn(credential: Record<string, unknown>): string[] {
	return [textOf(credential.secret), textOf(credential.previousSecret)].filter(Boolean);
}

function credentialId(node: INode): string | undefined {
	const chosen = node.credentials?.[CREDENTIAL];
	return chosen && String(chosen.id);
}
