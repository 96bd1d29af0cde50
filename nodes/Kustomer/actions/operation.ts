import type { IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';

/** One operation of the node: what the editor shows, and what it does. */
export type Operation = {
	/** Label in the list of operations, in title case. */
	name: string;
	/** The value in saved workflows. */
	value: string;
	/** Label in the node panel, as a sentence. */
	action: string;
	/** What it does, for people and for AI models. */
	description: string;
	/** Its own parameters; the table shows them for this operation only. */
	properties: INodeProperties[];
	/** @returns the items of the node's output */
	execute(context: IExecuteFunctions): Promise<INodeExecutionData[]>;
};

export type Resource = {
	name: string;
	value: string;
	description: string;
	/** Alphabetical, as n8n wants its lists. */
	operations: Operation[];
	/** The operation that is chosen first. */
	defaultOperation: string;
};
