import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ICredentialType, INodeProperties, INodeType } from 'n8n-workflow';
import { KustomerApi } from '../../../credentials/KustomerApi.credentials';
import { KustomerWebhookApi } from '../../../credentials/KustomerWebhookApi.credentials';
import { apiBaseUrl } from '../../../nodes/Kustomer/api/host';
import { Kustomer } from '../../../nodes/Kustomer/Kustomer.node';
import { KustomerTrigger } from '../../../nodes/Kustomer/KustomerTrigger.node';
import { makeEvent, type LocalKustomer } from '../../../sandbox/kustomer/server.cts';
import * as contract from '../../fixtures/contract.cts';
import { ALL_NAMES, bytesOf, envelopeOf } from '../../fixtures/envelopes.cts';
import { apiRun, chosen, startedKustomer } from '../../support/actionWorld.cts';
import { itemOf, runNode } from '../../support/executeContext.cts';
import {
	automaticDraft,
	endTriggers,
	manualDraft,
	SECRET,
	signatureOf,
	startTrigger,
} from '../../support/triggerContexts.cts';

const trigger = new KustomerTrigger().description;
const action = new Kustomer().description;

describe('the names of the package', () => {
	it('are those that workflows have their node types from', () => {
		const manifest = readFileSync(join(resolve(__dirname, '..', '..', '..'), 'package.json'));
		expect(JSON.parse(manifest.toString())).toMatchObject({ name: contract.PACKAGE_NAME });
	});

	it.each<[keyof typeof contract.NODES, INodeType]>([
		['kustomerTrigger', new KustomerTrigger()],
		['kustomer', new Kustomer()],
	])('include the node %s', (name, { description }) => {
		const { displayName, version, credentials } = contract.NODES[name];
		expect(description).toMatchObject({ name, displayName, version });
		expect(description.credentials?.map((credential) => credential.name)).toEqual(
			expect.arrayContaining(credentials),
		);
	});

	it('include the webhook, in the address that Kustomer has', () => {
		expect(trigger.webhooks).toEqual([expect.objectContaining(contract.WEBHOOK)]);
	});

	it.each<[keyof typeof contract.CREDENTIALS, ICredentialType]>([
		['kustomerApi', new KustomerApi()],
		['kustomerWebhookApi', new KustomerWebhookApi()],
	])('include the credential %s and its fields', (name, type) => {
		const { displayName, fields, passwords } = contract.CREDENTIALS[name];
		expect(type).toMatchObject({ name, displayName });
		expect(missing(fields, type.properties)).toEqual([]);
		const hidden = type.properties.filter(({ typeOptions }) => typeOptions?.password === true);
		expect(hidden.map((field) => field.name).sort()).toEqual([...passwords].sort());
	});

	it.each(contract.HOSTS)('lead a credential %j to %s', (credential, host) => {
		expect(apiBaseUrl(credential)).toBe(host);
	});
});

describe('the parameters of Kustomer Trigger', () => {
	it.each(['automatic', 'manual'])('are all there with %s setup', (registration) => {
		const shown = shownFor(trigger.properties, { registration });
		const isHere = (name: string) =>
			registration === 'automatic' ||
			!contract.AUTOMATIC_ONLY.some((hidden) => name.startsWith(hidden));
		expect(missing(contract.TRIGGER_PARAMETERS.filter(isHere), shown)).toEqual([]);
	});
});

describe('the parameters of Kustomer', () => {
	const pairs = Object.entries(contract.ACTION_PARAMETERS).flatMap(([resource, operations]) =>
		Object.entries(operations).map(([operation, promised]) => ({ resource, operation, promised })),
	);

	it.each(pairs)('are all there for $resource: $operation', ({ resource, operation, promised }) => {
		const choice = [`resource=${resource}`, `operation=${operation}`];
		const lists = shownFor(action.properties, { resource });
		expect(missing(choice, lists)).toEqual([]);
		expect(missing(promised, shownFor(lists, { resource, operation }))).toEqual([]);
	});

	it('begin with the resource that a new node has', () => {
		expect(missing(['resource:"inboundHook"'], action.properties)).toEqual([]);
	});
});

describe('what leaves the nodes', () => {
	let kustomer: LocalKustomer;

	beforeAll(async () => (kustomer = await startedKustomer()));
	afterAll(async () => await kustomer.close());
	afterEach(async () => await endTriggers());

	it.each(ALL_NAMES)('has the fields of the item for %s', async (event) => {
		const receiver = await startTrigger(manualDraft({ events: [event] }));
		await receiver.deliver({ body: bytesOf(envelopeOf(event)) });
		const [[item]] = receiver.executions;
		expect(Object.keys(item.json)).toEqual(contract.ITEM);
		for (const change of Object.values(item.json.changes ?? {})) {
			expect(Object.keys(change as object)).toEqual(contract.CHANGE);
		}
	});

	it('has the same fields for a delivery that came another way', async () => {
		const body = bytesOf(makeEvent('kustomer.message.create'));
		const { items } = await runNode({
			parameters: {
				resource: 'event',
				operation: 'verify',
				source: 'text',
				text: '={{ $json.b }}',
			},
			items: [
				itemOf({
					b: body.toString(),
					headers: { 'x-kustomer-webhook-signature': signatureOf(body, SECRET) },
				}),
			],
			credentials: { kustomerWebhookApi: { secret: SECRET } },
		});
		expect(Object.keys(items[0].json)).toEqual(contract.ITEM);
	});

	const postTo = (address: string) =>
		apiRun(
			kustomer,
			{
				resource: 'inboundHook',
				operation: 'post',
				hookType: 'web',
				hook: chosen('url', address),
			},
			{ onError: 'continueRegularOutput' },
		);

	it('has the fields of a post', async () => {
		const { items } = await runNode(postTo(kustomer.createHook('web', { title: 'A' }).address));
		expect(Object.keys(items[0].json)).toEqual(expect.arrayContaining(contract.POSTED));
		expect(items[0]).toMatchObject({ json: { accepted: true }, pairedItem: { item: 0 } });
	});

	it('has the fields of a post that was refused', async () => {
		const { items } = await runNode(postTo('https://example.com/'));
		expect(Object.keys(items[0].json)).toEqual(expect.arrayContaining(contract.FAILED));
	});

	it('has the fields of a merge and of a redaction', async () => {
		const [gone, kept] = kustomer.records('customer').map(({ id }) => chosen('id', id));
		const [message] = kustomer.records('message').map(({ id }) => chosen('id', id));
		const merge = { operation: 'merge', customerToMerge: gone, customerToKeep: kept };
		const merged = await runNode(apiRun(kustomer, { resource: 'customer', ...merge }));
		const redact = { operation: 'redact', message, redact: 'preview' };
		const redacted = await runNode(apiRun(kustomer, { resource: 'message', ...redact }));
		expect(Object.keys(merged.items[0].json)).toEqual(contract.MERGED);
		expect(Object.keys(redacted.items[0].json)).toEqual(contract.REDACTED);
	});

	it('has the fields of a mail', async () => {
		const { items } = await runNode({
			parameters: {
				resource: 'inboundHook',
				operation: 'composeEmail',
				hook: chosen('email', '5f3a@hooks.kustomerapp.com'),
				subject: 'Your order',
				text: 'Thank you.',
			},
		});
		expect(Object.keys(items[0].json)).toEqual(expect.arrayContaining(contract.EMAIL));
	});

	it('has the notes by which a later version finds its webhook', async () => {
		const receiver = await startTrigger(automaticDraft(kustomer));
		await receiver.activate();
		expect(Object.keys(receiver.notes())).toEqual(expect.arrayContaining(contract.STATIC_DATA));
		await receiver.deactivate();
	});

	it('has the status of each answer', async () => {
		const event = makeEvent('kustomer.conversation.update');
		const filters = { conditions: { field: [{ name: 'status', value: 'nonesuch' }] } };
		const unreadable = {
			get kustomerWebhookApi(): never {
				throw new Error('gone');
			},
		};
		const receiver = await startTrigger(manualDraft());
		const old = makeEvent('kustomer.conversation.update', {
			createdAt: '2020-01-01T00:00:00.000Z',
		});
		const impatient = await startTrigger(manualDraft({ options: { maxEventAge: 90 } }));
		const choosy = await startTrigger(manualDraft({ filters }));
		const secretless = await startTrigger(manualDraft({}, { credentials: unreadable }));
		const answered = async (to: typeof receiver, ...what: Parameters<typeof receiver.deliver>) => {
			const before = to.executions.length;
			const { status } = await to.deliver(...what);
			return [status, to.executions.length - before];
		};
		expect({
			chosen: await answered(receiver, { body: event }),
			notChosen: await answered(receiver, { body: makeEvent('kustomer.tag.create') }),
			filteredOut: await answered(choosy, { body: event }),
			duplicate: await answered(receiver, { body: event }),
			tooOld: await answered(impatient, { body: old }),
			noEvent: await answered(receiver, { body: '[]' }),
			wrongSignature: await answered(receiver, { body: event, secret: 'another' }),
			noSignature: await answered(receiver, { body: event, secret: null }),
			noSecret: await answered(secretless, { body: event }),
		}).toEqual(contract.ANSWERS);
	});
});

describe('this test', () => {
	it.each<[string, (field: INodeProperties) => INodeProperties]>([
		['filters.messageDirection=out', (field) => without(field, 'messageDirection', 'out')],
		['options.webhookHeaders.header.value', (field) => without(field, 'webhookHeaders', 'value')],
		['filters.ignoreActivity:false', (field) => without(field, 'filters', 'ignoreActivity')],
	])('tells when %s is gone', (name, spoil) => {
		expect(missing(contract.TRIGGER_PARAMETERS, trigger.properties)).toEqual([]);
		expect(missing(contract.TRIGGER_PARAMETERS, trigger.properties.map(spoil))).toEqual([name]);
	});

	it('tells when a value of what is not touched is another one', () => {
		const properties = trigger.properties.map((field) =>
			field.name === 'simplify' ? { ...field, default: false } : field,
		);
		expect(missing(contract.TRIGGER_PARAMETERS, properties)).toEqual(['simplify:true']);
	});
});

/** @returns the promised names that these parameters do not hold */
function missing(promised: contract.Promised, properties: readonly INodeProperties[]): string[] {
	const there = new Set(namesOf(properties));
	return promised.filter((name) => !there.has(name));
}

/** Every name, value, mode and default, in the notation of the fixture. */
function namesOf(properties: readonly INodeProperties[], before = ''): string[] {
	return properties.flatMap((property) => {
		const path = `${before}${property.name}`;
		const names = [path, `${path}:${JSON.stringify(property.default)}`];
		for (const { name } of property.modes ?? []) names.push(`${path}@${name}`);
		for (const option of property.options ?? []) {
			if ('values' in option) names.push(...namesOf(option.values, `${path}.${option.name}.`));
			else if ('type' in option) names.push(...namesOf([option], `${path}.`));
			else names.push(`${path}=${option.value}`);
		}
		return names;
	});
}

/** The parameters that the editor shows once these are chosen; those within collections as well. */
function shownFor(
	properties: readonly INodeProperties[],
	chosenValues: Readonly<Record<string, string>>,
): INodeProperties[] {
	const isShown = ({ displayOptions }: INodeProperties) =>
		Object.entries(chosenValues).every(([name, value]) => {
			const shown = displayOptions?.show;
			const values = shown?.[name] ?? shown?.[`/${name}`];
			return values === undefined || values.includes(value);
		});
	return properties.filter(isShown).map((property) => {
		if (property.type !== 'collection') return property;
		return { ...property, options: shownFor(property.options as INodeProperties[], chosenValues) };
	});
}

/** Takes one name out of the parameter that holds it, at whatever depth. */
function without(property: INodeProperties, holder: string, gone: string): INodeProperties {
	const { options } = property;
	if (options === undefined) return property;
	const isGone = (option: (typeof options)[number]) =>
		property.name === holder && ('value' in option ? option.value : option.name) === gone;
	const left = options
		.filter((option) => !isGone(option))
		.map((option) => {
			if ('type' in option) return without(option, holder, gone);
			if (!('values' in option)) return option;
			const keeps =
				property.name === holder
					? option.values.filter(({ name }) => name !== gone)
					: option.values;
			return { ...option, values: keeps };
		});
	return { ...property, options: left } as INodeProperties;
}
