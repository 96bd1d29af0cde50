import type { ValueType } from '../../api/metadata';
import type { RecordKind } from './record';

type Schema = {
	type: string;
	version?: number;
	properties?: Record<string, Schema>;
	items?: Schema;
};

const TYPES: Readonly<Record<ValueType, string>> = {
	boolean: 'boolean',
	date: 'string',
	dateTime: 'string',
	idList: 'array',
	list: 'array',
	number: 'number',
	object: 'object',
	options: 'string',
	string: 'string',
	text: 'string',
	url: 'string',
};

const STAMPS = ['createdAt', 'updatedAt'];

/**
 * @returns what the operation returns, as a JSON schema for n8n: the editor offers these fields
 *   before the step has run
 */
export function schemaOf(kind: RecordKind, operation: string): Schema {
	const id = { type: 'string' };
	if (operation === 'delete') return object({ deleted: { type: 'boolean' }, id });
	if (operation === 'merge') {
		return object({ status: id, merged: id, kept: id });
	}
	if (operation === 'redact') {
		return object({ redacted: { type: 'boolean' }, id, part: { type: 'string' } });
	}
	if (operation === 'getTranscript') return TRANSCRIPT;
	if (operation === 'send') return SENT;
	if (operation === 'createDraft') return DRAFT;
	const attributes = Object.fromEntries([
		...kind.toolFields.map((name) => [name, { type: 'string' }] as const),
		...STAMPS.map((name) => [name, { type: 'string' }] as const),
		...kind.attributes.map(({ name, type }) => [name, { type: TYPES[type] }] as const),
	]);
	const names = Object.fromEntries(
		Object.keys(kind.names).map((name) => [name, { type: 'string' }] as const),
	);
	return object({
		id,
		type: { type: 'string' },
		attributes: { type: 'object', properties: attributes },
		related: { type: 'object', properties: {} },
		names: { type: 'object', properties: names },
		url: { type: 'string' },
		...(operation === 'upsert' && { created: { type: 'boolean' } }),
		...(kind.value === 'satisfaction' && RATING),
	});
}

const RATING: Record<string, Schema> = {
	rating: { type: 'number' },
	score: { type: 'number' },
	comment: { type: 'string' },
};

const ENTRY: Schema = {
	type: 'object',
	properties: {
		at: { type: 'string' },
		kind: { type: 'string' },
		author: { type: 'string' },
		channel: { type: 'string' },
		text: { type: 'string' },
		isPreview: { type: 'boolean' },
	},
};

const TRANSCRIPT = object({
	conversationId: { type: 'string' },
	text: { type: 'string' },
	entries: { type: 'array', items: ENTRY },
});

const DRAFTED: Record<string, Schema> = {
	id: { type: 'string' },
	conversationId: { type: 'string' },
	channel: { type: 'string' },
	to: { type: 'string' },
};

const DRAFT = object(DRAFTED);

const SENT = object({ sent: { type: 'boolean' }, when: { type: 'string' }, ...DRAFTED });

function object(properties: Record<string, Schema>): Schema {
	return { type: 'object', version: 1, properties };
}
