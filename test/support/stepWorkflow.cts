import type { IDataObject, INodeParameters, ResourceMapperField } from 'n8n-workflow';
import type { ApiRequest } from '../../sandbox/kustomer/server.cts';
import type { CredentialReference, Execution, NodeDraft } from '../../sandbox/n8n/api.cts';

/**
 * One step of a long workflow about records, and what it must do. "{Create Note}" in a text stands
 * for the id that the step of this name gave.
 */
export type Step = {
	/** The node's name. */
	name: string;
	/** With resource and operation. */
	parameters: INodeParameters;
	/** The attributes of the form; n8n's own fields are put around them, as the editor saves them. */
	form?: INodeParameters;
	/** "Map automatically". */
	isMapped?: true;
	/** For every item that comes in, not for the first only. */
	forEach?: true;
	/** What Kustomer must get, in this order: method and path without query. Others may come between. */
	asks: readonly string[];
	/** The query of the last of them. */
	query?: Record<string, string>;
	/** The body of the last of them, whole; it has none where left out. */
	body?: unknown;
	/** What the step must give; one item where this is no list. */
	gives?: unknown;
	/** What one of the items that it gives must be. */
	givesAmong?: object;
};

export const START = 'Start';

/** The step that splits what `START` got into one item per row. */
export const ROWS = 'Rows';

/** @returns the value of a locator */
export function located(mode: string, value: string): INodeParameters {
	return { __rl: true, mode, value };
}

/** @returns the value of a locator with the id that another step gave */
export function madeBy(step: string): INodeParameters {
	return located('id', `={{ $('${step}').first().json.id }}`);
}

/** The webhook that starts the workflow, and its rows as items. */
export function firstNodes(path: string): NodeDraft[] {
	return [
		{
			name: START,
			type: 'n8n-nodes-base.webhook',
			typeVersion: 2,
			webhookId: path,
			parameters: { httpMethod: 'POST', path, options: {} },
		} as NodeDraft,
		{
			name: ROWS,
			type: 'n8n-nodes-base.splitOut',
			typeVersion: 1,
			parameters: { fieldToSplitOut: 'body.rows', options: {} },
		} as NodeDraft,
	];
}

/** @param fields of the form, as n8n asked the node for them */
export function nodeOfStep(
	step: Step,
	fields: readonly ResourceMapperField[],
	kustomerApi: CredentialReference,
): NodeDraft {
	return {
		name: step.name,
		type: 'n8n-nodes-kustomer.kustomer',
		typeVersion: 1,
		parameters: { ...step.parameters, ...attributesOf(step, fields) },
		credentials: { kustomerApi },
		// One that does not succeed must not hide what the others do.
		onError: 'continueRegularOutput',
		alwaysOutputData: true,
		executeOnce: step.forEach !== true,
	} as NodeDraft;
}

function attributesOf(step: Step, fields: readonly ResourceMapperField[]): INodeParameters {
	const { form = {}, isMapped = false } = step;
	if (step.form === undefined && !isMapped) return {};
	const schema = fields.map((field) => ({
		...field,
		removed: field.removed === true && !(field.id in form),
	}));
	return {
		attributes: {
			mappingMode: isMapped ? 'autoMapInputData' : 'defineBelow',
			value: isMapped ? null : form,
			matchingColumns: [],
			schema: schema as unknown as INodeParameters[],
			attemptToConvertTypes: false,
			convertFieldsToString: false,
		},
	};
}

/** What a step put out, and what Kustomer got from it. */
export type Outcome = {
	items: IDataObject[];
	/** The requests that the step asks for; undefined in the place of one that did not come. */
	requests: Array<ApiRequest | undefined>;
};

/** Ids by the names of the steps that gave them. */
export type Ids = ReadonlyMap<string, string>;

/**
 * @param requests all that Kustomer got while the workflow ran, in order
 * @param known ids of records that were there before
 * @returns the outcome of each step by its name, and the ids
 */
export function outcomesOf(
	steps: readonly Step[],
	run: { execution: Execution; requests: readonly ApiRequest[] },
	known: Ids,
): { outcomes: Map<string, Outcome>; ids: Ids } {
	const { runData } = run.execution.data.resultData;
	const outcomes = new Map<string, Outcome>();
	const ids = new Map(known);
	let next = 0;
	for (const step of steps) {
		const items = (runData[step.name]?.at(-1)?.data?.main?.[0] ?? []).map(({ json }) => json);
		const [first] = items;
		if (typeof first?.id === 'string') ids.set(step.name, first.id);
		const requests = filledIn(step.asks, ids).map((line) => {
			const at = run.requests.findIndex((one, place) => place >= next && lineOf(one) === line);
			if (at === -1) return undefined;
			next = at + 1;
			return run.requests[at];
		});
		outcomes.set(step.name, { items, requests });
	}
	return { outcomes, ids };
}

/** @returns method and path, without the query */
export function lineOf({ method, path }: ApiRequest): string {
	return `${method} ${path.replace(/\?.*/, '')}`;
}

/** @returns the value with the ids that the steps gave in place of their names */
export function filledIn<T>(value: T, ids: Ids): T {
	if (typeof value === 'string') {
		return value.replace(/\{([A-Z][\w ]+)\}/g, (text, name: string) => ids.get(name) ?? text) as T;
	}
	if (Array.isArray(value)) return value.map((one: unknown) => filledIn(one, ids)) as T;
	if (typeof value !== 'object' || value === null || !isPlain(value)) return value;
	return Object.fromEntries(
		Object.entries(value).map(([name, one]) => [name, filledIn(one as unknown, ids)]),
	) as T;
}

/** Jest's matchers are objects too. */
function isPlain(value: object): boolean {
	return Object.getPrototypeOf(value) === Object.prototype;
}
