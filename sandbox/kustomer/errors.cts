/**
 * Kustomer's three shapes of errors. The server itself answers in the first; tests make the other
 * two with these functions and hand them out through `faults`.
 * Source: https://developer.kustomer.com/docs/concepts/errors
 */

/** Shape 1, of most endpoints. */
export type PlatformErrors = {
	errors: Array<{ code: string; message: string; meta: Record<string, unknown> }>;
};

/** Shape 2, JSON:API's own, of some endpoints. */
export type JsonApiErrors = {
	errors: Array<{
		status: string;
		code: string;
		title: string;
		detail: string;
		source: { pointer?: string; parameter?: string };
		meta: Record<string, unknown>;
	}>;
};

/** Shape 3, of cards and the like: the status is a number. */
export type CardErrors = { errors: Array<{ status: number; title: string; detail?: string }> };

/** Thrown by a route to answer with an error. */
export class Refusal extends Error {
	constructor(
		readonly status: number,
		readonly body: PlatformErrors,
	) {
		super(body.errors[0]?.message ?? `Status ${status}`);
	}
}

export function platformErrors(
	code: string,
	message: string,
	meta: Record<string, unknown> = {},
): PlatformErrors {
	return { errors: [{ code, message, meta }] };
}

export function jsonApiErrors(
	status: number,
	error: { code: string; title: string; detail: string; pointer?: string; parameter?: string },
): JsonApiErrors {
	const { code, title, detail, pointer, parameter } = error;
	const source = { ...(pointer && { pointer }), ...(parameter && { parameter }) };
	return { errors: [{ status: String(status), code, title, detail, source, meta: {} }] };
}

export function cardErrors(status: number, title: string, detail?: string): CardErrors {
	return { errors: [{ status, title, ...(detail !== undefined && { detail }) }] };
}

export function badRequest(message: string, meta?: Record<string, unknown>): Refusal {
	return new Refusal(400, platformErrors('bad_request', message, meta));
}

export function unauthorized(message: string): Refusal {
	return new Refusal(401, platformErrors('unauthorized', message));
}

export function forbidden(roles: readonly string[]): Refusal {
	return new Refusal(
		403,
		platformErrors('forbidden', `This needs one of the roles ${roles.join(', ')}`, { roles }),
	);
}

export function notFound(message = 'Not found'): Refusal {
	return new Refusal(404, platformErrors('not_found', message));
}

export function methodNotAllowed(method: string): Refusal {
	return new Refusal(
		405,
		platformErrors('method_not_allowed', `${method} is not allowed for this resource`),
	);
}

export function tooLarge(limitBytes: number): Refusal {
	return new Refusal(
		413,
		platformErrors('payload_too_large', `The body is larger than ${limitBytes} bytes`),
	);
}

export function tooManyRequests(): Refusal {
	return new Refusal(429, platformErrors('too_many_requests', 'Rate limit exceeded'));
}
