import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
} from 'n8n-workflow';
import type { Resource } from '../../api/paging';
import { webhookOf } from '../../api/outboundWebhooks';
import { InputMistake } from '../mistake';
import { requireApiKey } from '../credentials';
import { parameterText } from '../locator';
import { ofItem } from '../nodeErrors';
import type { Operation } from '../operation';
import { asBase, ownAddresses, pointsAt } from './ownAddresses';
import { switchWebhook, webhookResources } from './webhooks';

// A constant, because the lint rule for title case would spell n8n with a capital.
const OTHER_ADDRESS = 'Other Address of This n8n';

const properties: INodeProperties[] = [
	{
		displayName:
			'Switches on again every outbound webhook that points at this n8n and is off. Gives one item for each of them, and none when all are on: a step after this one runs only when there was something to repair. Best started by a Schedule Trigger.',
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
			'Only when Kustomer reaches this n8n under an address that n8n does not know itself, e.g. that of a gateway. The addresses in WEBHOOK_URL and N8N_EDITOR_BASE_URL are known.',
	},
];

/** Runs once, however many items there are: the webhooks are the same for all of them. */
async function execute(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	requireApiKey(context, 'to repair outbound webhooks');
	const addresses = addressesOf(context);
	const broken = (await webhookResources(context)).filter((resource) => {
		const { enabled, url } = webhookOf(resource);
		return !enabled && pointsAt(addresses, url);
	});
	return await repaired(context, broken);
}

/** One that cannot be switched on does not keep the others from it. */
async function repaired(
	context: IExecuteFunctions,
	broken: readonly Resource[],
): Promise<INodeExecutionData[]> {
	const outcomes = await Promise.allSettled(
		broken.map(async (resource) => await switchWebhook(context, resource, { enabled: true })),
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
		'Switch on again every outbound webhook that points at this n8n and was switched off, and return those. Kustomer switches a webhook off when its deliveries did not arrive for an hour or so.',
	properties,
	execute,
};
