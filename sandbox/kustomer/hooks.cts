import { badRequest, notFound } from './errors.cts';
import { newId, newSecret } from './ids.cts';
import type { Organization } from './organization.cts';
import { refuseUnknownFields } from './body.cts';
import type { Switches } from './switches.cts';

export type HookKind = 'web' | 'form' | 'email';

export const HOOK_KINDS: readonly HookKind[] = ['web', 'form', 'email'];

export type Hook = {
	id: string;
	kind: HookKind;
	title: string;
	description: string | null;
	/** Name of the event that the hook raises for workflows. */
	eventName: string;
	/** 64 hex digits: the secret part of the address. */
	hash: string;
	/** While on, what arrives is shown in the hook's transactions. */
	debug: boolean;
	createdAt: string;
	updatedAt: string;
};

export type HookOptions = {
	title: string;
	description?: string;
	eventName?: string;
	debug?: boolean;
	/** Fixed address, for a demo that must find its hook again. */
	hash?: string;
};

/** Something that arrived at a hook, whatever became of it. */
export type HookRequest = {
	/** The transaction's id, as in the reply. */
	id: string;
	kind: HookKind;
	/** null where the address leads to no hook. */
	hookId: string | null;
	/** `SMTP` for email hooks. */
	method: string;
	/** Path with its query; the recipient for email hooks. */
	path: string;
	headers: Record<string, string | string[] | undefined>;
	/** Byte for byte as it arrived; the whole mail for email hooks. */
	rawBody: Buffer;
	receivedAt: string;
	outcome: HookOutcome;
	/** Whether the hook's debug log shows it. */
	debug: boolean;
};

export type HookOutcome =
	| 'accepted'
	| 'unknown hook'
	| 'too large'
	| 'not JSON'
	| 'unauthorized'
	| 'missing role';

const MOST_KEPT = 50_000;
const KEPT_MS = 24 * 60 * 60 * 1000;

/** Whom to tell: of anything that the page shows, and of anything that a state file keeps. */
export type Listeners = { changed: () => void; configured: () => void };

/** The organization's inbound hooks and what they received. */
export class Hooks {
	readonly log: HookRequest[] = [];
	private readonly known: Hook[] = [];

	/** @param baseUrl gives the server's own address, which is known only once it listens */
	constructor(
		private readonly organization: Organization,
		private readonly baseUrl: () => string,
		private readonly settings: { listeners: Listeners; switches: Switches },
	) {}

	get switches(): Switches {
		return this.settings.switches;
	}

	list(kind?: HookKind): Hook[] {
		return this.known.filter((hook) => kind === undefined || hook.kind === kind);
	}

	byHash(kind: HookKind, hash: string): Hook | undefined {
		return this.list(kind).find((hook) => hook.hash === hash);
	}

	/** @throws Refusal 404 */
	get(kind: HookKind, id: string): Hook {
		const hook = this.list(kind).find((candidate) => candidate.id === id);
		if (hook === undefined) throw notFound('id');
		return hook;
	}

	create(kind: HookKind, options: HookOptions): Hook {
		const id = newId();
		const now = new Date().toISOString();
		const hook: Hook = {
			id,
			kind,
			title: options.title,
			description: options.description ?? null,
			eventName: options.eventName ?? `kustomer.hooks.${kind}.${id}.receive`,
			hash: options.hash ?? newSecret(),
			debug: options.debug ?? false,
			createdAt: now,
			updatedAt: now,
		};
		this.known.push(hook);
		this.settings.listeners.configured();
		return hook;
	}

	update(hook: Hook, given: Record<string, unknown>): Hook {
		refuseUnknownFields(given, ['debug', 'title', 'description']);
		const { debug = hook.debug, title = hook.title, description = hook.description } = given;
		if (typeof debug !== 'boolean')
			throw badRequest('debug must be true or false', { parameter: 'debug' });
		Object.assign(hook, {
			debug,
			title: requiredText('title', title),
			description: description === null ? null : requiredText('description', description),
			updatedAt: new Date().toISOString(),
		});
		this.settings.listeners.configured();
		return hook;
	}

	/** Puts back what a state file held. */
	restore(hooks: readonly Hook[]): void {
		this.known.push(...hooks);
	}

	/** Where to post to or, for email hooks, to send to: Kustomer's "Copy Hook Address". */
	address({ kind, hash }: Hook): string {
		if (kind === 'email') return `${hash}@hooks.kustomerapp.com`;
		const path = kind === 'form' ? `${this.organization.id}/${hash}` : hash;
		return `${this.baseUrl()}/v1/hooks/${kind}/${path}`;
	}

	record(request: Omit<HookRequest, 'id' | 'receivedAt'>): HookRequest {
		const entry = { id: newId(), receivedAt: new Date().toISOString(), ...request };
		this.log.push(entry);
		if (this.log.length > MOST_KEPT) this.log.shift();
		this.settings.listeners.changed();
		return entry;
	}

	/** @returns what arrived while debug was on, newest first, for 24 hours */
	debugLog(hook: Hook): HookRequest[] {
		const since = Date.now() - KEPT_MS;
		return this.log
			.filter(
				(entry) => entry.hookId === hook.id && entry.debug && Date.parse(entry.receivedAt) >= since,
			)
			.reverse();
	}
}

/** @throws Refusal 400 for what Kustomer would refuse in a hook's body */
export function checkedHookOptions(given: Record<string, unknown>): HookOptions {
	// The specification has outputTemplate and outputSchema too; nothing here reads them.
	refuseUnknownFields(given, [
		'title',
		'description',
		'eventName',
		'debug',
		'outputTemplate',
		'outputSchema',
	]);
	const { title, description, eventName, debug } = given;
	if (title === undefined) throw badRequest('title is required', { parameter: 'title' });
	if (debug !== undefined && typeof debug !== 'boolean') {
		throw badRequest('debug must be true or false', { parameter: 'debug' });
	}
	return {
		title: requiredText('title', title),
		...(description !== undefined && { description: requiredText('description', description) }),
		...(eventName !== undefined && { eventName: requiredText('eventName', eventName) }),
		...(debug !== undefined && { debug }),
	};
}

function requiredText(field: string, value: unknown): string {
	if (typeof value !== 'string' || (field !== 'description' && value === '')) {
		throw badRequest(`${field} must be text`, { parameter: field });
	}
	return value;
}
