import type { DeliverTo } from './deliverTo.cts';
import type { Listeners } from './hooks.cts';
import { newId, newSecret } from './ids.cts';
import type { OutboundWebhook, OutboundWebhooks } from './outboundWebhooks.cts';
import { post, type Posted } from './post.cts';
import { sign } from './signature.cts';

/** The speeds that tests compress. */
export type Clock = {
	/** Pauses before the second, third, … attempt. */
	retryDelaysMs: number[];
	/** How long an answer may take. */
	answerTimeoutMs: number;
	/** After so many failed attempts in a row, whichever events they carried, a webhook is switched off. */
	disableAfterFailures: number;
};

const MINUTE_MS = 60_000;

/**
 * The pauses are those of the developer portal, the ten failures those of the older help page; the
 * timeout is "a few seconds" there.
 * Source: https://developer.kustomer.com/docs/events
 */
export const DOCUMENTED_CLOCK: Clock = {
	retryDelaysMs: [1, 1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS),
	answerTimeoutMs: 5_000,
	disableAfterFailures: 10,
};

/** One attempt to deliver one event to one webhook. */
export type Delivery = Omit<Posted, 'target'> & {
	id: string;
	webhookId: string;
	webhookName: string;
	/** Name of the event, as in the event header. */
	event: string;
	/** The webhook's own https address. */
	url: string;
	/** The address on this machine that was called; null where the deliver-to map has none. */
	target: string | null;
	/** 1 for the first. */
	attempt: number;
	sentAt: string;
	ok: boolean;
	/** When it will be tried again; null where it will not. */
	nextRetry: string | null;
	/** When it was tried again; left out where it was not. */
	triedAgainAt?: string;
	/** Signed with a secret that is not the webhook's. Neither retried nor counted: it is a stranger's. */
	forged: boolean;
	requestHeaders: Record<string, string | string[]>;
	body: Buffer;
};

/** What is delivered, the same bytes at each attempt. */
export type Parcel = {
	event: string;
	body: Buffer;
	forged: boolean;
	/** Replace, add or (null) leave out headers. A list sends the header several times. */
	headers: Record<string, string | string[] | null>;
};

const MOST_KEPT = 20_000;

/** With status 200, between the moment when n8n reaches its database and the end of its migrations. */
export const N8N_IS_STARTING = 'n8n is starting up. Please wait';

export class Deliveries {
	readonly log: Delivery[] = [];
	private readonly timers = new Set<NodeJS.Timeout>();
	private readonly stop = new AbortController();
	private underWay = 0;
	private idleWaiters: Array<() => void> = [];

	constructor(
		private readonly webhooks: OutboundWebhooks,
		private readonly proxy: { deliverTo: DeliverTo; refuseWhileStarting: boolean },
		private readonly clock: Clock,
		private readonly listeners: Listeners,
	) {}

	/** @returns the first attempt; later ones go on by themselves and appear in the log */
	async deliver(webhook: OutboundWebhook, parcel: Parcel): Promise<Delivery> {
		return await this.attempt(webhook, parcel, 1);
	}

	/**
	 * @param deadlineMs how long to wait at most
	 * @returns once nothing is being delivered and no retry is planned
	 */
	async whenIdle(deadlineMs: number): Promise<void> {
		if (this.isIdle()) return;
		await new Promise<void>((resolve, reject) => {
			const deadline = setTimeout(() => {
				const planned = `${this.underWay} under way, ${this.timers.size} retries planned`;
				reject(new Error(`Deliveries did not come to rest within ${deadlineMs} ms: ${planned}`));
			}, deadlineMs);
			this.idleWaiters.push(() => {
				clearTimeout(deadline);
				resolve();
			});
		});
	}

	close(): void {
		this.stop.abort();
		for (const timer of this.timers) clearTimeout(timer);
		this.timers.clear();
		this.wakeIdle();
	}

	private async attempt(
		webhook: OutboundWebhook,
		parcel: Parcel,
		attempt: number,
	): Promise<Delivery> {
		this.underWay++;
		const sentAt = new Date().toISOString();
		const [target, ...others] = this.proxy.deliverTo.resolve(webhook.url);
		const requestHeaders = this.headersFor(webhook, parcel);
		const posted = target
			? await post({
					targets: [target, ...others],
					headers: requestHeaders,
					body: parcel.body,
					timeoutMs: this.clock.answerTimeoutMs,
					stop: this.stop.signal,
				})
			: { status: null, answer: '', error: unmapped(webhook.url), ms: 0, target: null };
		if (this.proxy.refuseWhileStarting && posted.answer === N8N_IS_STARTING) posted.status = 503;
		const delivery: Delivery = {
			...posted,
			id: newId(),
			webhookId: webhook.id,
			webhookName: webhook.name,
			event: parcel.event,
			url: webhook.url,
			target: posted.target?.href ?? null,
			attempt,
			sentAt,
			// A redirect is not followed, so it counts as a failure like any other status but 2xx.
			ok: posted.status !== null && posted.status >= 200 && posted.status < 300,
			nextRetry: null,
			forged: parcel.forged,
			requestHeaders,
			body: parcel.body,
		};
		this.log.push(delivery);
		if (this.log.length > MOST_KEPT) this.log.shift();
		if (!parcel.forged) this.settle(webhook, parcel, delivery);
		this.underWay--;
		this.listeners.changed();
		this.wakeIdle();
		return delivery;
	}

	private settle(webhook: OutboundWebhook, parcel: Parcel, delivery: Delivery): void {
		if (delivery.ok) {
			webhook.failures = 0;
			return;
		}
		webhook.failures++;
		if (webhook.failures >= this.clock.disableAfterFailures) {
			Object.assign(webhook, {
				enabled: false,
				isError: true,
				updatedAt: new Date().toISOString(),
			});
			this.listeners.configured();
		}
		const delayMs = this.clock.retryDelaysMs[delivery.attempt - 1];
		const over = delayMs === undefined || !this.isOn(webhook) || this.stop.signal.aborted;
		if (over) return;
		delivery.nextRetry = new Date(Date.now() + delayMs).toISOString();
		const timer = setTimeout(() => {
			this.timers.delete(timer);
			delivery.nextRetry = null;
			delivery.triedAgainAt = new Date().toISOString();
			// What becomes of planned retries of a webhook that was switched off is not documented;
			// here they are lost, the worse of the two for a receiver.
			if (this.isOn(webhook)) void this.attempt(webhook, parcel, delivery.attempt + 1);
			else this.wakeIdle();
		}, delayMs);
		timer.unref();
		this.timers.add(timer);
	}

	private headersFor(webhook: OutboundWebhook, parcel: Parcel): Record<string, string | string[]> {
		const headers: Record<string, string | string[]> = {};
		const set = (name: string, value: string | string[] | null) => {
			const same = Object.keys(headers).find((key) => key.toLowerCase() === name.toLowerCase());
			if (same !== undefined) delete headers[same];
			if (value !== null) headers[name] = value;
		};
		for (const { name, value } of webhook.headers) set(name, value);
		const secret = parcel.forged ? newSecret() : webhook.token;
		// As a reverse proxy hands it on: the name under which n8n is known outside.
		set('Host', new URL(webhook.url).host);
		set('Content-Type', 'application/json');
		set('Content-Length', String(parcel.body.length));
		set('X-Kustomer-Webhook-Event', parcel.event);
		set('X-Kustomer-Webhook-Signature', sign(parcel.body, secret));
		for (const [name, value] of Object.entries(parcel.headers)) set(name, value);
		return headers;
	}

	private isOn(webhook: OutboundWebhook): boolean {
		return this.webhooks.find(webhook.id) !== undefined && webhook.enabled;
	}

	private isIdle(): boolean {
		return this.underWay === 0 && this.timers.size === 0;
	}

	private wakeIdle(): void {
		if (!this.isIdle()) return;
		const waiters = this.idleWaiters;
		this.idleWaiters = [];
		for (const wake of waiters) wake();
	}
}

function unmapped(url: string): string {
	return `${new URL(url).origin} is not in the deliver-to map, and a local Kustomer calls nothing off this machine`;
}
