import { createHash } from 'node:crypto';
import type { ICheckProcessedOptions } from 'n8n-workflow';
import { isRecord, recordOf } from '../../narrowing';
import type { Item } from '../itemParameters';

/**
 * Whether this execution sent a message before. n8n runs a step again with "Retry On Fail", when
 * a person retries a failed execution, and in queue mode when a worker died: each time from the
 * first item on.
 *
 * What was sent is kept in two places. The execution's own data go with its retries. n8n's store of
 * processed items also outlives a worker that died, from before the request on.
 */
export type EarlierSend =
	/** It is the first time. */
	| { kind: 'new' }
	/** It was sent, with this outcome. */
	| { kind: 'done'; outcome: object }
	/** It was begun before, and how that ended is not known. */
	| { kind: 'begun' }
	/** It is not known whether it was begun before: n8n's store could not tell, or a person retries. */
	| { kind: 'unsure' };

/** Keys are needed while an execution runs. */
const STORE: ICheckProcessedOptions = { mode: 'entries', maxEntries: 1_000 };

const IN_EXECUTION = 'kustomerSent';

/** One message of one execution. */
export class SendingOnce {
	private readonly key: string;

	private readonly digest: string;

	/**
	 * @param message what tells it from the others of this run, the same when it is run again
	 * @param content what it says; it tells the calls of an agent's tool apart
	 */
	constructor(
		private readonly item: Item,
		message: string,
		content: unknown,
	) {
		this.digest = digestOf(JSON.stringify(content));
		const { $runIndex } = item.context.getWorkflowDataProxy(item.index);
		// Every call of a tool is a run of its own, also when a model repeats itself.
		this.key = digestOf([message, item.isTool ? this.digest : String($runIndex)].join(' '));
	}

	/** Notes that it is about to be sent. */
	async claim(): Promise<EarlierSend> {
		const earlier = this.inExecution()[this.key];
		if (isRecord(earlier?.outcome)) return { kind: 'done', outcome: earlier.outcome };
		this.inExecution()[this.key] = { digest: this.digest };
		if (earlier !== undefined) return { kind: 'begun' };
		const kind = await this.claimInStore();
		// The execution that is retried had another id, and may have left no data of its own.
		const isRetry = this.item.context.getMode() === 'retry';
		return { kind: kind === 'new' && isRetry ? 'unsure' : kind };
	}

	/** Notes how it ended. */
	done(outcome: object): void {
		this.inExecution()[this.key] = { digest: this.digest, outcome };
	}

	/** Nothing was sent: it may be tried again. */
	async release(): Promise<void> {
		delete this.inExecution()[this.key];
		const { helpers } = this.item.context;
		await helpers.removeProcessed([this.storeKey], 'node', STORE).catch(() => undefined);
	}

	/** @returns how many messages of the same content this execution has sent */
	get sentAlike(): number {
		const entries = Object.values(this.inExecution());
		return entries.filter(({ digest, outcome }) => digest === this.digest && outcome).length;
	}

	private async claimInStore(): Promise<'new' | 'begun' | 'unsure'> {
		const { helpers, logger } = this.item.context;
		try {
			const { new: fresh } = await helpers.checkProcessedAndRecord([this.storeKey], 'node', STORE);
			return fresh.length > 0 ? 'new' : 'begun';
		} catch (error) {
			logger.debug(
				`Kustomer: n8n's store of processed items could not be used (${error instanceof Error ? error.name : 'unknown'}), so Kustomer is asked whether the message is there.`,
			);
			return 'unsure';
		}
	}

	private get storeKey(): string {
		return `${this.item.context.getExecutionId()} ${this.key}`;
	}

	private inExecution(): Record<string, Entry> {
		const data = this.item.context.getContext('node');
		data[IN_EXECUTION] = recordOf(data[IN_EXECUTION]);
		return data[IN_EXECUTION] as Record<string, Entry>;
	}
}

type Entry = { digest: string; outcome?: unknown };

function digestOf(text: string): string {
	return createHash('sha256').update(text).digest('base64url');
}
