/** What Kustomer answered, as far as this check looks at it. */
export interface Answer {
	readonly status: number;
	readonly isOk: boolean;
	/** Of the one resource in the reply. */
	readonly id: string | undefined;
	readonly attributes: Readonly<Record<string, unknown>> | undefined;
	/** The resources of a list. */
	readonly resources: ReadonlyArray<{ id: string; attributes: Record<string, unknown> }>;
	readonly links: Readonly<Record<string, unknown>>;
}

type Json = Record<string, unknown>;

const TIMEOUT_MS = 20_000;

/** Kustomer's API with one key. Replies are taken as they come: what they look like is the question. */
export class Api {
	private readonly base: URL;

	/** @throws Error when the address is not https, or http on this machine */
	constructor(
		url: string,
		private readonly key: string,
	) {
		if (!URL.canParse(url)) throw new Error(`"${url}" is not an address. Begin it with https://`);
		this.base = new URL(url);
		const isHere = this.base.protocol === 'http:' && this.base.hostname === '127.0.0.1';
		if (this.base.protocol !== 'https:' && !isHere) {
			throw new Error('The address must begin with https://, so that nobody can read the key.');
		}
	}

	async send(method: string, path: string, body?: unknown): Promise<Answer> {
		const { status, json } = await this.request(new URL(path, this.base), method, body, true);
		const data = recordOf(json).data;
		const one = recordOf(Array.isArray(data) ? undefined : data);
		return {
			status,
			isOk: status >= 200 && status < 300,
			id: typeof one.id === 'string' ? one.id : undefined,
			attributes: 'attributes' in one ? recordOf(one.attributes) : undefined,
			resources: (Array.isArray(data) ? data : []).map((entry) => ({
				id: String(recordOf(entry).id),
				attributes: recordOf(recordOf(entry).attributes),
			})),
			links: recordOf(recordOf(json).links),
		};
	}

	/**
	 * Posts to a hook.
	 * @param withKey the key goes to the host of this API only
	 * @returns the status and the names, never the values, of what came back
	 */
	async post(address: string, body: unknown, withKey: boolean) {
		const url = new URL(address);
		if (withKey && url.host !== this.base.host) {
			throw new Error(`The hook is at ${url.host}, but the key is for ${this.base.host}.`);
		}
		const { status, json, headers } = await this.request(url, 'POST', body, withKey);
		return { status, fields: Object.keys(recordOf(json)), headers };
	}

	private async request(url: URL, method: string, body: unknown, withKey: boolean) {
		const reply = await fetch(url, {
			method,
			headers: {
				accept: 'application/json',
				...(withKey && { authorization: `Bearer ${this.key}` }),
				...(body !== undefined && { 'content-type': 'application/json' }),
			},
			body: body === undefined ? undefined : JSON.stringify(body),
			redirect: 'manual',
			signal: AbortSignal.timeout(TIMEOUT_MS),
		}).catch(() => {
			throw new Error(`${url.host} cannot be reached. Check the address.`);
		});
		const json: unknown = await reply.json().catch(() => undefined);
		const headers: string[] = [];
		reply.headers.forEach((_, name) => headers.push(name));
		return { status: reply.status, json, headers };
	}
}

function recordOf(value: unknown): Json {
	return typeof value === 'object' && value !== null ? (value as Json) : {};
}
