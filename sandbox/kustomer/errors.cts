import type { Switches } from './switches.cts';

/**
 * Kustomer's shapes of errors. The server answers in the first, or by a switch in the second; tests
 * make the others with these functions and hand them out through `faults`.
 * Source: https://developer.kustomer.com/docs/concepts/errors
 */

/** Shape of the recorded exchanges. */
export type RecordedErrors = {
	errors: Array<{
		status: number;
		source?: { parameter: string };
		code: string;
		title: string;
		detail?: string;
	}>;
};

/** Shape of the current portal. */
export type PlatformErrors = {
	errors: Array<{ code: string; message: string; meta: Record<string, unknown> }>;
};

/** JSON:API's own, of some endpoints. */
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

/** Of cards and the like: the status is a number. */
export type CardErrors = { errors: Array<{ status: number; title: string; detail?: string }> };

export type Problem = {
	/** In words. */
	title: string;
	/** The part of the request that is wrong. */
	parameter?: string;
	/** The place in Kustomer's JSON schema. */
	detail?: string;
	/** Only the portal's shape shows it. */
	meta?: Record<string, unknown>;
};

/** Status → the code of the recorded shape and of the portal's. Only 400 and 404 were recorded. */
const CODES: Readonly<Record<number, readonly [string, string]>> = {
	400: ['badparam', 'bad_request'],
	401: ['unauthorized', 'unauthorized'],
	403: ['forbidden', 'forbidden'],
	404: ['notfound', 'not_found'],
	405: ['methodnotallowed', 'method_not_allowed'],
	409: ['conflict', 'conflict'],
	413: ['payloadtoolarge', 'payload_too_large'],
	429: ['ratelimit', 'too_many_requests'],
	500: ['servererror', 'internal_error'],
};

/** Thrown by a route to answer with an error. */
export class Refusal extends Error {
	constructor(
		readonly status: number,
		readonly problem: Problem,
		readonly headers: Readonly<Record<string, string>> = {},
	) {
		super(problem.title);
	}

	body(shape: Switches['errors']): RecordedErrors | PlatformErrors {
		const { title, parameter, detail, meta } = this.problem;
		const [recorded, portal] = CODES[this.status] ?? ['servererror', 'internal_error'];
		if (shape === 'portal') {
			return platformErrors(portal, title, { ...(parameter && { field: parameter }), ...meta });
		}
		return recordedErrors(this.status, {
			...(parameter !== undefined && { source: { parameter } }),
			code: recorded,
			title,
			...(detail !== undefined && { detail }),
		});
	}
}

/** A key that is valid and lacks the role; with status 401 it looks like any other refusal of a key. */
export class MissingRole extends Refusal {}

export function recordedErrors(
	status: number,
	error: Omit<RecordedErrors['errors'][number], 'status'>,
): RecordedErrors {
	return { errors: [{ status, ...error }] };
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

export function badRequest(title: string, about: Omit<Problem, 'title'> = {}): Refusal {
	return new Refusal(400, { title, ...about });
}

/** The strict JSON schema of a body refuses what it does not know. */
export function unknownProperty(parameter: string, parent = ''): Refusal {
	const detail = `${parent && `/properties/${parent}`}/additionalProperties`;
	return badRequest('Additional properties not allowed', { parameter, detail });
}

export function unauthorized(title: string): Refusal {
	return new Refusal(401, { title });
}

export function notFound(parameter?: string): Refusal {
	return new Refusal(404, { title: 'Not Found', parameter });
}

/** A path that is there, asked with a verb that it does not have. */
export function wrongVerb({ method }: { method: string }, switches: Switches): Refusal {
	if (switches.wrongVerb === 404) return notFound();
	return new Refusal(405, { title: `${method} is not allowed for this resource` });
}

export function conflict(title: string, parameter?: string): Refusal {
	return new Refusal(409, { title, parameter });
}

export function tooLarge(limitBytes: number): Refusal {
	return new Refusal(413, { title: `The body is larger than ${limitBytes} bytes` });
}

export function tooManyRequests(headers: Record<string, string>): Refusal {
	return new Refusal(429, { title: 'Rate limit exceeded' }, headers);
}
