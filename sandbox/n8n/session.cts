import { until } from './deadline.cts';

/** The account this harness makes on a fresh n8n. It guards nothing but a test's or a demo's own loopback n8n. */
export const OWNER = { email: 'owner@example.test', password: 'Kustomer-demo-1' } as const;

/** What n8n answered when it would not do something. */
export class N8nRefusal extends Error {
	constructor(
		readonly status: number,
		readonly reason: string,
		request: string,
	) {
		super(`n8n answered ${request} with ${status}: ${reason}`);
		this.name = 'N8nRefusal';
	}
}

/** A request to n8n, without the part that says who sends it. */
export interface N8nRequest {
	readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
	readonly path: string;
	readonly body?: unknown;
	readonly headers?: Readonly<Record<string, string>>;
}

type Json = Record<string, unknown>;

/** The owner, logged in: speaks the editor's own API (`/rest`) and the public one (`/api/v1`). */
type Settings = { userManagement: { showSetupOnFirstLoad?: boolean } };

export class N8nSession {
	private cookie = '';
	private apiKey: string | undefined;

	constructor(private readonly url: string) {}

	/** Makes the owner on a fresh n8n, or logs in on one that has it. */
	async open(): Promise<void> {
		// n8n 1.x says that it is ready a moment before it knows its addresses.
		const settings = await until(async () => await this.settings(), {
			what: 'n8n to know its addresses',
			withinMs: 30_000,
		});
		if (settings.userManagement.showSetupOnFirstLoad === true) {
			const body = { ...OWNER, firstName: 'Olivia', lastName: 'Owner' };
			await this.rest({ method: 'POST', path: '/owner/setup', body });
		} else {
			const body = { emailOrLdapLoginId: OWNER.email, password: OWNER.password };
			await this.rest({ method: 'POST', path: '/login', body });
		}
	}

	private async settings(): Promise<Settings | undefined> {
		try {
			return await this.rest<Settings>({ method: 'GET', path: '/settings' });
		} catch (error) {
			if (error instanceof N8nRefusal && error.status === 404) return undefined;
			throw error;
		}
	}

	/** Calls the API that the editor uses. */
	async rest<T>(request: N8nRequest): Promise<T> {
		const path = `/rest${request.path}`;
		const answer = await this.send({ ...request, path }, { cookie: this.cookie });
		return answer.data as T;
	}

	/** Calls n8n's public API. */
	async publicApi<T>(request: N8nRequest): Promise<T> {
		this.apiKey ??= await this.newApiKey();
		const path = `/api/v1${request.path}`;
		return (await this.send({ ...request, path }, { 'x-n8n-api-key': this.apiKey })) as T;
	}

	/** The list of node or credential types that the editor loads. */
	async typesFile<T extends { name: string }>(kind: 'nodes' | 'credentials'): Promise<T[]> {
		const answer = await this.send(
			{ method: 'GET', path: `/types/${kind}.json` },
			{ cookie: this.cookie },
		);
		return Object.values(answer) as T[];
	}

	private async newApiKey(): Promise<string> {
		const scopes = await this.rest<string[]>({ method: 'GET', path: '/api-keys/scopes' });
		const label = `harness ${Date.now()}`;
		const body = { label, scopes, expiresAt: null };
		const { rawApiKey } = await this.rest<{ rawApiKey: string }>({
			method: 'POST',
			path: '/api-keys',
			body,
		});
		return rawApiKey;
	}

	private async send(request: N8nRequest, identity: Record<string, string>): Promise<Json> {
		const { method, path, body, headers } = request;
		const response = await fetched(this.url + path, {
			method,
			headers: {
				'content-type': 'application/json',
				// n8n ties the cookie to the browser that logged in.
				'browser-id': 'n8n-nodes-kustomer-harness',
				...identity,
				...headers,
			},
			body: body === undefined ? undefined : JSON.stringify(body),
			signal: AbortSignal.timeout(60_000),
		});
		this.keepCookie(response);
		const text = await response.text();
		const answer = parsed(text);
		if (response.ok && answer !== undefined) return answer;
		const reason = typeof answer?.message === 'string' ? answer.message : text.slice(0, 500);
		throw new N8nRefusal(response.status, reason, `${method} ${path}`);
	}

	private keepCookie(response: Response): void {
		const cookie = response.headers.getSetCookie().find((line) => line.startsWith('n8n-auth='));
		if (cookie !== undefined) this.cookie = cookie.split(';')[0] ?? '';
	}
}

/** A kept connection may lead to an n8n that was killed meanwhile: a read takes another one then. */
async function fetched(url: string, init: RequestInit): Promise<Response> {
	try {
		return await fetch(url, init);
	} catch (error) {
		const isStale = (error as { cause?: { code?: string } }).cause?.code === 'UND_ERR_SOCKET';
		if (!isStale || init.method !== 'GET') throw error;
		return await fetch(url, init);
	}
}

function parsed(text: string): Json | undefined {
	if (text === '') return {};
	try {
		return JSON.parse(text) as Json;
	} catch {
		return undefined;
	}
}
