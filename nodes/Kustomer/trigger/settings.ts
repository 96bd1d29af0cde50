import type {
	IHookFunctions,
	IExecuteFunctions,
	IWebhookFunctions,
	IDataObject,
} from 'n8n-workflow';
import { chosenEvents, type Chosen } from '../event/catalog';
import { isRecord } from '../event/envelope';
import { readFilters, type Filters } from '../event/filters';
import type { Header } from '../api/outboundWebhooks';

type Context = IHookFunctions | IExecuteFunctions | IWebhookFunctions;

export type Registration = 'automatic' | 'manual';
export type SkipDuplicates = 'off' | 'process' | 'database';
export type Acknowledge = 'received' | 'finished';

/** The trigger's parameters, read once per delivery. */
export type Settings = {
	registration: Registration;
	events: unknown;
	additionalEvents: unknown;
	chosen: Chosen;
	simplify: boolean;
	splitOutputs: boolean;
	filters: Filters;
	ignoreOwnChanges: boolean;
	skipDuplicates: SkipDuplicates;
	skipOutdated: boolean;
	acknowledge: Acknowledge;
	batchWindowMs: number;
	batchSize: number;
	webhookName: string;
	webhookHeaders: Header[];
};

export const LONGEST_BATCH_WINDOW_MS = 2_000;
export const LARGEST_BATCH = 50;
export const DEFAULT_BATCH = 25;

/** @param context any of n8n's contexts of the trigger */
export function settingsOf(context: Context): Settings {
	const read = (name: string, fallback: unknown) => parameter(context, name, fallback);
	const options = read('options', {});
	const given: IDataObject = isRecord(options) ? (options as IDataObject) : {};
	const filters = read('filters', {});
	const events = read('events', []);
	const registration = read('registration', 'automatic') === 'manual' ? 'manual' : 'automatic';
	return {
		registration,
		events,
		additionalEvents: given.additionalEvents,
		chosen: chosenEvents(events, given.additionalEvents),
		simplify: read('simplify', true) !== false,
		splitOutputs: read('splitOutputs', false) === true,
		filters: readFilters(filters, given.maxEventAge),
		// By hand there is no API key whose user could be asked for.
		ignoreOwnChanges:
			registration === 'automatic' && isRecord(filters) && filters.ignoreOwnChanges === true,
		skipDuplicates: oneOf(given.skipDuplicates, ['process', 'off', 'database'] as const),
		skipOutdated: given.skipOutdated === true,
		acknowledge: oneOf(given.acknowledge, ['received', 'finished'] as const),
		batchWindowMs: bounded(given.batchWindow, {
			least: 0,
			most: LONGEST_BATCH_WINDOW_MS,
			otherwise: 0,
		}),
		batchSize: bounded(given.batchSize, {
			least: 1,
			most: LARGEST_BATCH,
			otherwise: DEFAULT_BATCH,
		}),
		webhookName: typeof given.webhookName === 'string' ? given.webhookName.trim() : '',
		webhookHeaders: headersOf(given.webhookHeaders),
	};
}

/** Where there are items, n8n asks for which one; the first stands for all that came together. */
function parameter(context: Context, name: string, fallback: unknown): unknown {
	if ('getInputData' in context) return context.getNodeParameter(name, 0, fallback as IDataObject);
	return (context as IWebhookFunctions).getNodeParameter(name, fallback as IDataObject);
}

/** @returns the value if it is one of the choices, else the first of them */
function oneOf<T extends string>(value: unknown, choices: readonly [T, ...T[]]): T {
	return choices.find((choice) => choice === value) ?? choices[0];
}

function bounded(
	value: unknown,
	limits: { least: number; most: number; otherwise: number },
): number {
	if (typeof value !== 'number' || !Number.isFinite(value)) return limits.otherwise;
	return Math.min(Math.max(Math.trunc(value), limits.least), limits.most);
}

function headersOf(collection: unknown): Header[] {
	const rows = isRecord(collection) && Array.isArray(collection.header) ? collection.header : [];
	return rows
		.filter(isRecord)
		.map((row) => ({ name: String(row.name ?? '').trim(), value: String(row.value ?? '') }))
		.filter((header) => header.name !== '');
}
