import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { isRecord, parsedJson } from './body.cts';
import type { Hook, Hooks } from './hooks.cts';
import type { OutboundWebhook, OutboundWebhooks } from './outboundWebhooks.cts';

/**
 * Keeps webhooks and hooks across restarts. n8n registers its webhook when a workflow is
 * published and not again when it starts, so a demo whose Kustomer forgot it would be silent.
 */
export class StateFile {
	constructor(
		private readonly path: string,
		private readonly webhooks: OutboundWebhooks,
		private readonly hooks: Hooks,
	) {}

	/** A missing file is an empty one; one that is no state is an error, so that nothing is overwritten. */
	load(): void {
		let text: string;
		try {
			text = readFileSync(this.path, 'utf8');
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
			throw error;
		}
		const state = parsedJson(text);
		if (!isRecord(state) || !Array.isArray(state.webhooks) || !Array.isArray(state.hooks)) {
			throw new Error(`${this.path} is not the state of a local Kustomer; delete it to start anew`);
		}
		this.webhooks.restore(state.webhooks as OutboundWebhook[]);
		this.hooks.restore(state.hooks as Hook[]);
	}

	/** Written aside and renamed, so that a crash leaves the old state or the new one. */
	save(): void {
		const state = { webhooks: this.webhooks.list(), hooks: this.hooks.list() };
		mkdirSync(dirname(this.path), { recursive: true });
		const aside = `${this.path}.new`;
		writeFileSync(aside, JSON.stringify(state, null, '\t'), { mode: 0o600 });
		renameSync(aside, this.path);
	}
}
