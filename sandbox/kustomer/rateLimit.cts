import type { FastifyInstance } from 'fastify';
import { tooManyRequests } from './errors.cts';

/** Source: https://developer.kustomer.com/docs/concepts/rate-limits */
export type RateLimit = {
	/** Budget of the organization, shared by all its keys. */
	requestsPerMinute: number;
	/** Posts to inbound hooks have a budget of their own. */
	hookPostsPerMinute: number;
	/** Searches count in the organization's budget and in this one. */
	searchesPerMinute: number;
	/** Conversations, messages, notes, drafts and objects of one customer; imports are exempt. */
	createsPerCustomerPerMinute: number;
	/** The "minute"; tests compress it. */
	windowMs: number;
	/**
	 * When the `x-ratelimit-…` headers are sent. `x-ratelimit-reset` is missing from all recorded
	 * answers, so it comes with a 429 only; a page of the portal shows it on each answer, and a proxy
	 * may drop them all.
	 */
	headers: 'always' | 'resetWhenExceeded' | 'never';
	/** Whether a 429 carries `Retry-After`; only one client claims that it does. */
	retryAfter: boolean;
};

export const ENTERPRISE_RATE_LIMIT: RateLimit = {
	requestsPerMinute: 1_000,
	hookPostsPerMinute: 1_000,
	searchesPerMinute: 100,
	createsPerCustomerPerMinute: 120,
	windowMs: 60_000,
	headers: 'resetWhenExceeded',
	retryAfter: false,
};

/** Counts a create for a customer; throws Refusal 429 beyond the limit. */
export type CreateLimit = (customerId: string) => void;

type Window = { endsAt: number; used: number };

/** Counts every request under /v1, refused ones too, in fixed windows. */
export class RateLimiter {
	private readonly windows = new Map<string, Window>();

	/** @param limit may be changed at any time */
	constructor(readonly limit: RateLimit) {}

	watch(app: FastifyInstance): void {
		app.addHook('onRequest', async (request, reply) => {
			if (!request.url.startsWith('/v1/')) return;
			const { limit } = this;
			const isPost = request.method === 'POST';
			const isHookPost = isPost && /^\/v1\/hooks\/(form|web)\/./.test(request.url);
			const most = isHookPost ? limit.hookPostsPerMinute : limit.requestsPerMinute;
			const window = this.count(isHookPost ? 'hooks' : 'api');
			if (limit.headers !== 'never') {
				reply.header('x-ratelimit-limit', String(most));
				reply.header('x-ratelimit-remaining', String(Math.max(0, most - window.used)));
			}
			if (limit.headers === 'always') reply.header('x-ratelimit-reset', resetOf(window));
			this.refuseBeyond(most, window);
			const isSearch = isPost && /^\/v1\/customers\/(archive\/)?search\b/.test(request.url);
			if (isSearch) this.refuseBeyond(limit.searchesPerMinute, this.count('search'));
		});
	}

	readonly limitCreates: CreateLimit = (customerId) =>
		this.refuseBeyond(this.limit.createsPerCustomerPerMinute, this.count(customerId));

	private count(name: string): Window {
		const known = this.windows.get(name);
		const isOver = known === undefined || Date.now() >= known.endsAt;
		const window = isOver ? { endsAt: Date.now() + this.limit.windowMs, used: 0 } : known;
		if (isOver) this.windows.set(name, window);
		window.used++;
		return window;
	}

	private refuseBeyond(most: number, window: Window): void {
		if (window.used <= most) return;
		const { headers, retryAfter } = this.limit;
		const seconds = Math.max(1, Math.ceil((window.endsAt - Date.now()) / 1000));
		throw tooManyRequests({
			...(headers !== 'never' && { 'x-ratelimit-reset': resetOf(window) }),
			...(retryAfter && { 'retry-after': String(seconds) }),
		});
	}
}

/** UTC epoch in seconds, rounded up so that whoever waits until then is not early. */
function resetOf({ endsAt }: Window): string {
	return String(Math.ceil(endsAt / 1000));
}
