import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
} from 'n8n-workflow';
import { listWebhooks, type Webhook } from '../../api/outboundWebhooks';
import { isPaused } from '../../api/webhookMarks';
import { requireApiKey } from '../credentials';
import { parameterText } from '../locator';
import { InputMistake } from '../mistake';
import { ofItem } from '../nodeErrors';
import type { Operation } from '../operation';
import { asBase, ownAddresses, pointsAt } from './ownAddresses';
import { switchWebhook } from './webhook';

// A constant, because the lint rule for title case would spell n8n with a capital.
const OTHER_ADDRESS = 'Other Address of This n8n';

const properties: INodeProperties[] = [
	{
		displayName:
			'Switches on again every outbound webhook that points at this n8n and is off, except those that are paused (their names end in "(paused)"). Gives one item for each of them, and none if there was nothing to repair: then the next step does not run. Best started by a Schedule Trigger.',
		name: 'repairNotice',
		type: 'notice',
		default: '',
	},
	{
		displayName: OTHER_ADDRESS,
		name: 'otherAddress',
		type: 'string',
		default: '',
		placeholder: 'e.g. https://gateway.example.com/n8n/',
		description:
			'Only if Kustomer reaches this n8n under an address that n8n itself does not know, e.g. that of a gateway. The addresses in WEBHOOK_URL and N8N_EDITOR_BASE_URL are known.',
	},
];

/** Runs once, however many items there are: the webhooks are the same for all of them. */
async function execute(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	requireApiKey(context, 'to repair outbound webhooks');
	const addresses = addressesOf(context);
	const off = (await listWebhooks(context)).filter(
		({ enabled, url }) => !enabled && pointsAt(addresses, url),
	);
	const paused = off.filter(({ name }) => isPaused(name));
	if (paused.length > 0) tellOfPaused(context, paused);
	return await repaired(
		context,
		off.filter((webhook) => !paused.includes(webhook)),
	);
}

function tellOfPaused(context: IExecuteFunctions, paused: readonly Webhook[]): void {
	const names = paused.map(({ name }) => `"${name}"`).join(', ');
	context.addExecutionHints({
		message: `Left off, because somebody paused them with Outbound Webhook: Disable: ${names}. Use Enable to switch them on.`,
		location: 'outputPane',
	});
}

/** One that cannot be switched on does not keep the others from it. */
async function repaired(
	context: IExecuteFunctions,
	broken: readonly Webhook[],
): Promise<INodeExecutionData[]> {
	const outcomes = await Promise.allSettled(
		broken.map(async (webhook) => await switchWebhook(context, webhook, 'on')),
	);
	return outcomes.map((outcome) =>
		outcome.status === 'rejected'
			? failedItem(context, outcome.reason)
			: { json: { repaired: true, ...outcome.value } as IDataObject, pairedItem: { item: 0 } },
	);
}

function failedItem(context: IExecuteFunctions, reason: unknown): INodeExecutionData {
	const error = ofItem(context, reason, 0);
	if (!context.continueOnFail()) throw error;
	return { json: { error: error.message }, pairedItem: { item: 0 } };
}

function addressesOf(context: IExecuteFunctions): string[] {
	const given = parameterText(context, 'otherAddress', 0);
	const others = given === '' ? [] : asBase(given);
	if (given !== '' && others.length === 0) {
		throw new InputMistake(
			`The address in "${OTHER_ADDRESS}" is not a URL. Enter one such as https://gateway.example.com/n8n/, or leave it empty.`,
		);
	}
	return [...ownAddresses(context), ...others];
}

export const repair: Operation = {
	name: 'Repair',
	value: 'repair',
	action: 'Repair outbound webhooks of this n8n',
	description:
		'Switch on again every outbound webhook that points at this n8n and was switched off, and return those. Kustomer switches a webhook off when its deliveries fail for an hour or so. Paused ones stay off.',
	properties,
	execute,
};
