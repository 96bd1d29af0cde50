import { RECORD_KINDS } from '../../../../nodes/Kustomer/actions/records/kinds';
import { attributesFor } from '../../../../nodes/Kustomer/actions/records/attributes';
import type { LocalKustomer } from '../../../../sandbox/kustomer/server.cts';
import { operations } from '../../../fixtures/kustomerApi.json';
import { chosen, startedKustomer } from '../../../support/actionWorld.cts';
import { runNode } from '../../../support/executeContext.cts';
import { byName, CASES, first, messageWithFile, NAMED_CASES, runOf, type Case } from './cases.cts';

let kustomer: LocalKustomer;

beforeEach(async () => (kustomer = await startedKustomer()));
afterEach(async () => await kustomer.close());

type Described = {
	method: string;
	path: string;
	query: string[];
	body: string[] | 'list' | null;
	roles: string[];
};

const shape = (path: string) => path.replace(/\{\w+\}|:\w+/g, '*');
const REFERENCE = new Map(
	(operations as Described[]).map((one) => [`${one.method} ${shape(one.path)}`, one]),
);

/** What Kustomer's reference does not have, and why the node asks for it nevertheless. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
	'GET /v1/customers/*/conversations?sort':
		'described for the list of all conversations; unknown parameters are ignored',
	'GET /v1/customers/*/notes?sort': 'described for the notes of a conversation; as above',
};

/** Ways in which an operation asks for more than its example does. */
const MORE: readonly Case[] = [
	...(['email', 'phone', 'externalId'] as const).map((by) => ({
		resource: 'customer',
		operation: 'get',
		parameters: () => ({
			customer: chosen(
				by,
				{ email: 'solveig.aune@example.com', phone: '+4740000011', externalId: 'C-1001' }[by],
			),
		}),
	})),
	{
		resource: 'company',
		operation: 'get',
		parameters: () => ({ company: chosen('externalId', 'CO-100') }),
	},
	{
		resource: 'customObject',
		operation: 'get',
		parameters: () => ({
			klass: chosen('name', 'order'),
			customObject: chosen('externalId', 'TW-20417'),
		}),
	},
	...(
		[
			['conversation', 'customer', 'customer'],
			['message', 'customer', 'customer'],
			['message', 'conversation', 'conversation'],
			['note', 'customer', 'customer'],
			['note', 'conversation', 'conversation'],
			['customObject', 'customer', 'customer'],
			['customObject', 'company', 'company'],
		] as const
	).map(([resource, scope, type]) => ({
		resource,
		operation: 'getMany',
		parameters: (from: LocalKustomer) => ({
			scope,
			klass: chosen('name', 'order'),
			[scope]: chosen('id', first(from, type).id),
		}),
	})),
	{
		resource: 'customer',
		operation: 'getMany',
		parameters: () => ({ sort: 'lastUpdated', filters: { updatedAfter: '2020-01-01' } }),
	},
	{
		resource: 'message',
		operation: 'create',
		parameters: (from) => ({
			sendTo: 'newConversation',
			customer: chosen('id', first(from, 'customer').id),
			specifyAttributes: 'json',
			attributesJson: '{"channel":"sms","direction":"in"}',
			options: { historical: true },
		}),
	},
	...(['Broken spout', 'Where is my parcel?', 'Lid does not fit', ''] as const).flatMap((name) =>
		(['send', 'createDraft'] as const).map((operation) => ({
			resource: 'message',
			operation,
			parameters: (from: LocalKustomer) => ({
				conversation: chosen('id', byName(from, 'conversation', name).id),
				body: 'We will look into it.',
				...(name === 'Broken spout' && { cc: ['a@example.com'], bcc: ['b@example.com'] }),
			}),
		})),
	),
	{
		resource: 'message',
		operation: 'send',
		parameters: (from) => ({
			sendTo: 'newConversation',
			customer: chosen('id', first(from, 'customer').id),
			...{ channel: 'email', from: chosen('list', 'support@teapot-works.example') },
			...{ to: 'solveig.aune@example.com', subject: 'Your parcel', body: 'It is late.' },
			...{ when: 'at', sendAt: 'now+2h' },
		}),
	},
	...['preview', 'meta'].map((redact) => ({
		resource: 'message',
		operation: 'redact',
		parameters: (from: LocalKustomer) => ({
			message: chosen('id', messageWithFile(from)),
			redact,
		}),
	})),
	{
		resource: 'note',
		operation: 'create',
		parameters: (from) => ({
			conversation: chosen('id', first(from, 'conversation').id),
			body: 'See the invoice',
			mentions: { mention: [{ kind: 'user', name: 'Imke Brandt' }] },
			files: { file: [{ binaryProperty: 'data' }] },
		}),
		items: [{ json: {}, binary: { data: { data: '', mimeType: 'application/pdf' } } }],
	},
	{
		resource: 'conversation',
		operation: 'search',
		parameters: () => ({ options: { archive: true, includeDeleted: true } }),
	},
	{
		resource: 'customer',
		operation: 'search',
		parameters: (from) => ({
			specifySearch: 'saved',
			savedSearch: chosen('id', from.records('search')[1].id),
		}),
	},
];

const NAMED = [
	...NAMED_CASES,
	...MORE.map((one, place) => [`${one.resource}/${one.operation} (${place + 1})`, one] as const),
];

it.each(NAMED)('%s asks for what Kustomer’s reference describes', async (_, one) => {
	await runNode(runOf(kustomer, one));
	const asked = kustomer.requests();
	expect(asked).not.toHaveLength(0);
	for (const { method, route, query, body } of asked) {
		const name = `${method} ${shape(route)}`;
		const described = REFERENCE.get(name);
		expect([name, described !== undefined]).toEqual([name, true]);
		const unknown = Object.keys(query)
			.map((parameter) => parameter.replace(/\[.*/, ''))
			.filter((parameter) => !described?.query.includes(parameter))
			.filter((parameter) => !(`${name}?${parameter}` in EXCEPTIONS));
		expect([name, unknown]).toEqual([name, []]);
		if (described?.body === 'list') expect([name, Array.isArray(body)]).toEqual([name, true]);
		else if (method !== 'GET' && method !== 'DELETE') {
			const fields = Object.keys(body as object);
			expect([name, fields.filter((field) => !described?.body?.includes(field))]).toEqual([
				name,
				[],
			]);
		}
	}
});

it('is judged by a local Kustomer whose roles are those of the reference', () => {
	const routes = kustomer.routes.map(
		({ method, path, roles }) => [`${method} ${shape(`/v1${path}`)}`, roles] as const,
	);
	const compared = routes.flatMap(([name, [role]]) => {
		const [described] = REFERENCE.get(name)?.roles ?? [];
		return described === undefined ? [] : [[name, role, described]];
	});
	expect(compared.length).toBeGreaterThan(30);
	expect(compared.filter(([, role, described]) => role !== described)).toEqual([]);
});

const PLACES: Readonly<Record<string, [create: string, update: string]>> = {
	customer: ['POST /v1/customers', 'PATCH /v1/customers/*'],
	conversation: ['POST /v1/conversations', 'PATCH /v1/conversations/*'],
	message: ['POST /v1/conversations/*/messages', 'PATCH /v1/messages/*'],
	note: ['POST /v1/conversations/*/notes', 'PATCH /v1/notes/*'],
	company: ['POST /v1/companies', 'PUT /v1/companies/*'],
	customObject: ['POST /v1/klasses/*', 'PUT /v1/klasses/*/*'],
};

it.each(
	RECORD_KINDS.filter(({ attributes }) => attributes.length > 0).map(
		(kind) => [kind.value, kind] as const,
	),
)('the form of a %s offers only what Kustomer takes', (value, kind) => {
	const [create, update] = PLACES[value];
	for (const [operation, place] of [
		['create', create],
		['update', update],
	] as const) {
		const taken = REFERENCE.get(place)?.body ?? [];
		const offered = attributesFor(operation, kind.attributes).map(({ name }) => name);
		expect([operation, offered.filter((name) => !taken.includes(name))]).toEqual([operation, []]);
	}
});

it('covers every operation of the kinds', () =>
	expect(new Set(CASES.map(({ resource }) => resource)).size).toBe(RECORD_KINDS.length));
