import type { FastifyInstance } from 'fastify';
import { tooManyRequests } from './errors.cts';

/** Source: https://developer.kustomer.com/docs/concepts/rate-limits */
export type RateLimit = {
	/** Budget of the organization, shared by all its keys. */
	requestsPerMinute: number;
	/** Posts to inbound hooks have a budget of their own. */
	hookPostsPerMinute: number;
	/** The "minute"; tests compress it. */
	windowMs: number;
	/**
	 * When the `x-ratelimit-…` headers are sent. `x-ratelimit-reset` is missing from all recorded
	 * answers, so it comes with a 429 only; a page of the portal shows it on each answer, and a proxy
	 * may drop them all.
	 */
	headers: 'always' | 'resetWhenExceeded' | 'never';
};

export const ENTERPRISE_RATE_LIMIT: RateLimit = {
	requestsPerMinute: 1_000,
	hookPostsPerMinute: 1_000,
	windowMs: 60_000,
	headers: 'resetWhenExceeded',
};

type Window = { endsAt: number; used: number };

/** Counts every request under /v1, refused ones too, in fixed windows. */
export function limitRate(app: FastifyInstance, limit: RateLimit): void {
	const windows: Record<'api' | 'hooks', Window> = {
		api: { endsAt: 0, used: 0 },
		hooks: { endsAt: 0, used: 0 },
	};
	app.addHook('onRequest', async (request, reply) => {
		if (!request.url.startsWith('/v1/')) return;
		const isHookPost = request.method === 'POST' && /^\/v1\/hooks\/(form|web)\/./.test(request.url);
		const window = windows[isHookPost ? 'hooks' : 'api'];
		const most = isHookPost ? limit.hookPostsPerMinute : limit.requestsPerMinute;
		if (Date.now() >= window.endsAt) {
			Object.assign(window, { endsAt: Date.now() + limit.windowMs, used: 0 });
		}
		window.used++;
		const exceeded = window.used > most;
		if (limit.headers !== 'never') {
			reply.header('x-ratelimit-limit', String(most));
			reply.header('x-ratelimit-remaining', String(Math.max(0, most - window.used)));
		}
		if (limit.headers === 'always' || (limit.headers === 'resetWhenExceeded' && exceeded)) {
			// UTC epoch in seconds, rounded up so that whoever waits until then is not early.
			reply.header('x-ratelimit-reset', String(Math.ceil(window.endsAt / 1000)));
		}
		if (exceeded) throw tooManyRequests();
	});
}
