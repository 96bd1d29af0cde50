import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { isRecord, numberOf, recordOf, rowsOf, textOf } from '../narrowing';

/** What one run of the node shares between its items. */
export class Run {
	private readonly kept = new Map<string, unknown>();

	private readonly endings: Array<() => string | undefined> = [];

	private knownIsTool: boolean | undefined;

	constructor(readonly context: IExecuteFunctions) {}

	/** Whether the node runs as a tool of an AI agent; found out once, as n8n copies the node each time. */
	get isTool(): boolean {
		this.knownIsTool ??= isTool(this.context);
		return this.knownIsTool;
	}

	/** @returns what `make` gave for this name when it was first asked for in this run */
	once<T>(name: string, make: () => T): T {
		if (!this.kept.has(name)) this.kept.set(name, make());
		return this.kept.get(name) as T;
	}

	/** @param sentence looked at after the last item; shown above the output unless it is undefined */
	hintAtEnd(sentence: () => string | undefined): void {
		this.endings.push(sentence);
	}

	/** @returns what `work` gives, begun when the earlier ones of this name in this run have ended */
	async inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
		const earlier = (this.kept.get(`turn ${name}`) ?? Promise.resolve()) as Promise<unknown>;
		const own = earlier.then(work, work);
		this.kept.set(`turn ${name}`, own);
		return await own;
	}

	/** Shows a sentence above the output, once. */
	hint(sentence: string): void {
		this.once(`hint ${sentence}`, () => this.hintAtEnd(() => sentence));
	}

	end(): void {
		for (const sentence of this.endings) {
			const message = sentence();
			if (message !== undefined)
				this.context.addExecutionHints({ message, location: 'outputPane' });
		}
	}
}

/** The parameters of one item, expressions resolved. */
export class Item {
	constructor(
		readonly run: Run,
		readonly index: number,
	) {}

	get context(): IExecuteFunctions {
		return this.run.context;
	}

	/** @returns the incoming item's own data */
	get json() {
		return this.context.getInputData()[this.index].json;
	}

	value(name: string, fallback?: unknown): unknown {
		return this.context.getNodeParameter(name, this.index, fallback as string);
	}

	/** @returns text without spaces around it */
	text(name: string): string {
		return textOf(this.value(name, ''));
	}

	isOn(name: string): boolean {
		const value = this.value(name, false);
		return value === true || (value === 'true' && this.isTool);
	}

	/** @returns the text of a resource locator and how it was chosen; an expression may give bare text */
	locator(name: string): { mode: string; value: string } {
		const given = this.value(name, '');
		if (!isRecord(given)) return { mode: '', value: textOf(given) };
		return { mode: textOf(given.mode), value: textOf(given.value) };
	}

	/** @returns whether the node runs as a tool of an AI agent */
	get isTool(): boolean {
		return this.run.isTool;
	}

	/** @returns the rows of a fixed collection */
	rows(name: string, row: string): Array<Record<string, unknown>> {
		return rowsOf(this.value(name, {}), row);
	}

	private knownOptions: Record<string, unknown> | undefined;

	/** @returns the collection `options`; read once, as n8n looks through all parameters each time */
	get options(): Record<string, unknown> {
		this.knownOptions ??= recordOf(this.value('options', {}));
		return this.knownOptions;
	}

	/** @returns the wanted number of entries; undefined for all */
	get limit(): number | undefined {
		if (this.isOn('returnAll')) return undefined;
		return Math.max(1, Math.trunc(numberOf(this.value('limit', DEFAULT_LIMIT)) || DEFAULT_LIMIT));
	}
}

/** @returns whether the node runs as a tool of an AI agent */
export function isTool(context: IExecuteFunctions): boolean {
	return context.getNode().type.endsWith('Tool');
}

const DEFAULT_LIMIT = 50;

/** How many entries of a list a person wants. */
export const LIST_LENGTH: INodeProperties[] = [
	{
		displayName: 'Return All',
		name: 'returnAll',
		type: 'boolean',
		default: false,
		description: 'Whether to return all results or only up to a given limit',
	},
	{
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		default: 50,
		typeOptions: { minValue: 1 },
		description: 'Max number of results to return',
		displayOptions: { show: { returnAll: [false] } },
	},
];

/** Two ways of naming a record: chosen from a list that is searched, or typed. */
export function locatorProperty(
	list: { method: string; placeholder: string },
	typed: { label: string; mode: string; placeholder: string; hint?: string },
): Pick<INodeProperties, 'type' | 'required' | 'modes'> {
	return {
		type: 'resourceLocator',
		required: true,
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder: list.placeholder,
				typeOptions: { searchListMethod: list.method, searchable: true },
			},
			{
				displayName: typed.label,
				name: typed.mode,
				type: 'string',
				placeholder: typed.placeholder,
				hint: typed.hint,
			},
		],
	};
}

export const LOCATOR_DEFAULT = { mode: 'list', value: '' };

/** The way of naming a record by its id. */
export const BY_ID = { label: 'By ID', mode: 'id', placeholder: 'e.g. 5fe109880e432183796e9218' };
