import type { IBinaryKeyData, INodeProperties } from 'n8n-workflow';
import type { Failure } from './itemErrors';
import type { Item } from './itemParameters';

export type CredentialName = 'kustomerApi' | 'kustomerWebhookApi';

export type BatchRules = {
	/** How many items are worked on at the same time. */
	size: number;
	/** Pause between two batches, in milliseconds. */
	intervalMs: number;
};

/** The output of an item that has files beside its data. */
export class WithFiles {
	constructor(
		readonly json: object,
		readonly binary: IBinaryKeyData,
	) {}
}

/** One operation of the node: what the editor shows, and what it does with an item. */
export type Operation = {
	/** Label in the list of operations, in title case. */
	name: string;
	/** The value in saved workflows. */
	value: string;
	/** Label in the node panel, as a sentence. */
	action: string;
	/** What it does, for people and for AI models. */
	description: string;
	/** Without which it cannot run; left out where it depends on the parameters, or none is needed. */
	credential?: CredentialName;
	/** Its own parameters; the table shows them for this operation only. */
	properties: INodeProperties[];
	/** How many items are worked on at the same time; one after the other when left out. */
	batches?: (item: Item) => BatchRules;
	/** Runs for the first item only, because the outcome is the same for all. */
	isOnce?: true;
	/** How all items are worked on together, where the first one's options want that. */
	together?: Together;
	/** @returns the output of one item: none, one or many, each of which may be a `Failure` of its own */
	perItem: (item: Item) => Promise<object | object[]>;
};

export type Together = {
	isWanted: (item: Item) => boolean;
	/**
	 * @returns the outcome of each item, in their order
	 * @throws NodeApiError or NodeOperationError of the first that did not succeed, unless the node
	 *   continues on errors
	 */
	all: (items: readonly Item[]) => Promise<ReadonlyArray<object | Failure>>;
};

export type ResourceEntry = {
	name: string;
	value: string;
	description: string;
	/** Alphabetical, as n8n wants its lists. */
	operations: Operation[];
	/** The operation that is chosen first. */
	defaultOperation: string;
};
