import type {
	IExecuteFunctions,
	IHookFunctions,
	ITriggerFunctions,
	IWebhookFunctions,
} from 'n8n-workflow';
import type { Header } from '../api/outboundWebhooks';
import { chosenEvents, type Chosen } from '../event/catalog';
import { readFilters, type Filters } from '../event/filters';
import { integerWithin, oneOf, recordOf, rowsOf, textOf } from '../narrowing';

type Context = IHookFunctions | IExecuteFunctions | ITriggerFunctions | IWebhookFunctions;

/** The trigger's parameters, read once for each delivery, publishing and start. */
export type Settings = {
	registration: 'automatic' | 'manual';
	chosen: Chosen;
	simplify: boolean;
	splitOutputs: boolean;
	filters: Filters;
	ignoreOwnChanges: boolean;
	skipDuplicates: 'process' | 'off' | 'database';
	skipOutdated: boolean;
	acknowledge: 'received' | 'finished';
	batchWindowMs: number;
	batchSize: number;
	keepWebhookOn: boolean;
	/** Whether missed events are fetched, and by which output they leave. */
	catchUp: 'off' | 'separate' | 'together';
	webhookName: string;
	webhookHeaders: Header[];
};

export const LONGEST_BATCH_WINDOW_MS = 2_000;
export const LARGEST_BATCH = 50;
export const DEFAULT_BATCH = 25;

const BATCH_WINDOW = { least: 0, most: LONGEST_BATCH_WINDOW_MS, otherwise: 0 };
const BATCH_SIZE = { least: 1, most: LARGEST_BATCH, otherwise: DEFAULT_BATCH };

/** @param context any of n8n's contexts of the trigger */
export function settingsOf(context: Context): Settings {
	const read = (name: string, fallback: boolean | string | object) =>
		parameter(context, name, fallback);
	const options = recordOf(read('options', {}));
	const filters = recordOf(read('filters', {}));
	const registration = oneOf(read('registration', 'automatic'), ['automatic', 'manual']);
	return {
		registration,
		chosen: chosenEvents(read('events', []), options.additionalEvents),
		simplify: read('simplify', true) !== false,
		splitOutputs: read('splitOutputs', false) === true,
		filters: readFilters(filters, options.maxEventAge),
		// By hand there is no API key whose user could be asked for.
		ignoreOwnChanges: registration === 'automatic' && filters.ignoreOwnChanges === true,
		skipDuplicates: oneOf(options.skipDuplicates, ['process', 'off', 'database']),
		skipOutdated: options.skipOutdated === true,
		acknowledge: oneOf(options.acknowledge, ['received', 'finished']),
		batchWindowMs: integerWithin(options.batchWindow, BATCH_WINDOW),
		batchSize: integerWithin(options.batchSize, BATCH_SIZE),
		keepWebhookOn: options.keepWebhookOn !== false,
		catchUp:
			registration === 'automatic'
				? oneOf(options.catchUp, ['off', 'separate', 'together'])
				: 'off',
		webhookName: textOf(options.webhookName),
		webhookHeaders: headersIn(options.webhookHeaders),
	};
}

/** Where there are items, n8n asks for which one; the first stands for all that came together. */
function parameter(context: Context, name: string, fallback: boolean | string | object): unknown {
	if ('getInputData' in context) return context.getNodeParameter(name, 0, fallback);
	return (context as IWebhookFunctions).getNodeParameter(name, fallback);
}

function headersIn(collection: unknown): Header[] {
	return rowsOf(collection, 'header')
		.map((row) => ({ name: String(row.name ?? '').trim(), value: String(row.value ?? '') }))
		.filter((header) => header.name !== '');
}
