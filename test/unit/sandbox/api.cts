import type { LocalKustomer } from '../../../sandbox/kustomer/server.cts';
import { call, must, type ListBody, type Reply, type ReplyBody } from './started.cts';

type Options = { key?: string; headers?: Record<string, string> };

/** Short forms for calls of the API below `/v1`. */
export const get = async (kustomer: LocalKustomer, path: string, options: Options = {}) =>
	await call(kustomer, { path: `/v1${path}`, ...options });

export const list = async (kustomer: LocalKustomer, path: string, options: Options = {}) =>
	await call<ListBody>(kustomer, { path: `/v1${path}`, ...options });

export const send = async (
	kustomer: LocalKustomer,
	[method, path, body]: [method: string, path: string, body?: unknown],
	options: Options = {},
): Promise<Reply> => await call(kustomer, { method, path: `/v1${path}`, body, ...options });

/** @returns what a create gave */
export async function made(
	kustomer: LocalKustomer,
	path: string,
	body: unknown,
): Promise<ReplyBody['data']> {
	const reply = await send(kustomer, ['POST', path, body]);
	if (reply.status >= 300)
		throw new Error(`POST ${path} was answered ${reply.status}: ${reply.text}`);
	return reply.body.data;
}

/** @returns the id of a record of the made-up organization */
export function idOf(kustomer: LocalKustomer, type: string, name: string): string {
	const isIt = ({ attributes }: { attributes: Record<string, unknown> }) =>
		attributes.name === name || attributes.title === name;
	return must(kustomer.records(type).find(isIt)).id;
}

export async function search(kustomer: LocalKustomer, body: unknown, query = '') {
	return await call<ListBody>(kustomer, {
		method: 'POST',
		path: `/v1/customers/search${query}`,
		body,
	});
}
