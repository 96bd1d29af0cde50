import type { FastifyRequest } from 'fastify';
import { badRequest, unknownProperty } from './errors.cts';

/** @returns the bytes of a request's body; none where there is no body */
export function rawBodyOf(request: FastifyRequest): Buffer {
	return Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
}

/**
 * @returns the body as a JSON object
 * @throws Refusal 400 when it is no JSON or no object
 */
export function jsonObjectOf(request: FastifyRequest): Record<string, unknown> {
	const value = parsedJson(rawBodyOf(request).toString('utf8'));
	if (!isRecord(value)) throw badRequest('The request body is not a valid JSON object');
	return value;
}

/** @returns the value, or undefined where the text is no JSON */
export function parsedJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

/** @throws Refusal 400 naming the first field that Kustomer's schema does not have */
export function refuseUnknownFields(body: Record<string, unknown>, known: readonly string[]): void {
	const unknown = Object.keys(body).find((field) => !known.includes(field));
	if (unknown !== undefined) throw unknownProperty(unknown);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
