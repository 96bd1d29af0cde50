import {
	NodeHelpers,
	type INodeParameters,
	type INodeProperties,
	type INodePropertyOptions,
} from 'n8n-workflow';
import { KustomerApi } from '../../../credentials/KustomerApi.credentials';
import { KustomerWebhookApi } from '../../../credentials/KustomerWebhookApi.credentials';
import { Kustomer } from '../../../nodes/Kustomer/Kustomer.node';
import { KustomerTrigger } from '../../../nodes/Kustomer/KustomerTrigger.node';
import { RESOURCES } from '../../../nodes/Kustomer/actions/table';
import { executeContext } from '../../support/executeContext.cts';

const { description, methods } = new Kustomer();
const operations = RESOURCES.flatMap((resource) =>
	resource.operations.map((operation) => ({ resource: resource.value, ...operation })),
);

/** Every parameter, those within collections included. */
function everything(properties: readonly INodeProperties[]): INodeProperties[] {
	return properties.flatMap((property) => [
		property,
		...(property.options ?? []).flatMap((option) => {
			if ('values' in option) return everything(option.values);
			return 'type' in option ? everything([option]) : [];
		}),
	]);
}

const RECORD = ['create', 'delete', 'get', 'getMany', 'search', 'update'];
const CONTRACT: Readonly<Record<string, string[]>> = {
	appDefinition: ['generate'],
	event: ['verify', 'catchUp'],
	inboundHook: ['composeEmail', 'create', 'getDeliveries', 'getMany', 'post'],
	outboundWebhook: ['delete', 'disable', 'enable', 'get', 'getDeliveries', 'getMany', 'repair'],
	customer: [...RECORD, 'merge', 'upsert'],
	conversation: [
		...[...RECORD, 'upsert', 'addTags', 'assign', 'close', 'getTranscript'],
		...['moveToQueue', 'removeTags', 'reopen', 'snooze'],
	],
	message: [
		...['create', 'createDraft', 'downloadAttachments', 'get', 'getMany'],
		...['redact', 'search', 'send', 'update'],
	],
	note: RECORD,
	company: [...RECORD, 'upsert'],
	customObject: [...RECORD, 'upsert'],
	satisfaction: ['get'],
	user: ['get', 'getMany'],
	team: ['get', 'getMany'],
	queue: ['get', 'getMany'],
	tag: ['getMany'],
};

/** @returns what n8n's expression engine writes under the node's name on the canvas */
async function subtitleOf(parameters: INodeParameters): Promise<unknown> {
	const { context } = await executeContext({ parameters });
	return context.evaluateExpression(String(description.subtitle).replace(/^=/, ''), 0);
}

describe('the subtitle', () => {
	it.each(operations.map(({ resource, name, value }) => [resource, value, name]))(
		'of %s/%s names both as the lists do',
		async (resource, operation, name) => {
			const label = RESOURCES.find(({ value }) => value === resource)?.name;
			expect(await subtitleOf({ resource, operation })).toBe(`${name}: ${label}`);
		},
	);

	it('reads "Post: Inbound Webhook" on a new node', async () =>
		expect(await subtitleOf({})).toBe('Post: Inbound Webhook'));
});

describe('the node', () => {
	it('has the names that saved workflows depend on', () => {
		expect(description).toMatchObject({ name: 'kustomer', version: 1, usableAsTool: true });
		for (const { value, operations: list } of RESOURCES) {
			expect([value, CONTRACT[value]]).toEqual([
				value,
				expect.arrayContaining(list.map((one) => one.value)),
			]);
		}
	});

	it('declares each credential once, for n8n takes the first of a name', () => {
		const names = description.credentials?.map(({ name }) => name);
		expect(names).toEqual(['kustomerApi', 'kustomerWebhookApi']);
		expect(description.credentials?.[0].required).toBe(false);
	});

	it.each(operations.filter(({ credential }) => credential !== undefined))(
		'asks for the one credential of $resource/$value',
		({ resource, value: operation, credential }) => {
			const node = { parameters: { resource, operation }, typeVersion: 1 };
			const shown = description.credentials?.filter((one) =>
				NodeHelpers.displayParameter(node.parameters, one, node, description),
			);
			expect(shown?.map(({ name }) => name)).toEqual([credential]);
		},
	);

	it('has every list and every credential test that it names', () => {
		const lists = everything(description.properties)
			.flatMap(({ modes }) => modes ?? [])
			.map(({ typeOptions }) => typeOptions?.searchListMethod)
			.filter((method) => method !== undefined);
		expect(lists.length).toBeGreaterThan(3);
		for (const method of lists) expect(methods.listSearch).toHaveProperty(String(method));
		for (const { testedBy } of description.credentials ?? []) {
			expect(methods.credentialTest).toHaveProperty(String(testedBy));
		}
	});

	it.each([
		['action node', description.properties],
		['trigger', new KustomerTrigger().description.properties],
		['API credential', new KustomerApi().properties],
		['webhook credential', new KustomerWebhookApi().properties],
	])('has no notice in the %s with HTML that n8n 2.x would strip', (_, properties) => {
		const notices = everything(properties).filter(({ type }) => type === 'notice');
		expect(notices).not.toHaveLength(0);
		const tags = notices.flatMap(({ displayName }) => displayName.match(/<\/?\w+/g) ?? []);
		expect(tags.filter((tag) => !/^<\/?(a|ul|li)$/.test(tag))).toEqual([]);
	});

	it('sorts its lists, as n8n asks', () => {
		for (const { name, options, type } of everything(description.properties)) {
			if (type !== 'options' || options === undefined) continue;
			const labels = (options as INodePropertyOptions[]).map((option) => option.name);
			expect([name, ...labels]).toEqual([name, ...[...labels].sort((a, b) => a.localeCompare(b))]);
		}
	});
});

describe.each(
	operations.map((operation) => [`${operation.resource}/${operation.value}`, operation] as const),
)('%s', (_, operation) => {
	it('tells people and models what it does', () => {
		expect(operation.description.length).toBeGreaterThan(40);
		expect(operation.action).toMatch(/^[A-Z][a-z]/);
		expect(operation.action).not.toMatch(/\b(a|an|the)\b/);
	});

	it('describes each of its parameters', () => {
		for (const { type, name, description: text } of everything(operation.properties)) {
			if (type !== 'notice' && name !== 'options')
				expect([name, text]).toEqual([name, expect.stringMatching(/.{10}/)]);
		}
	});

	it('avoids the words that frighten people', () => {
		const text = JSON.stringify(operation.properties) + operation.description + operation.action;
		expect(text.replace(/error output/gi, '').replace(/On Error/g, '')).not.toMatch(
			/\b(error|problem|failure|mistake)s?\b/i,
		);
	});
});
