import { recordsIn, type ApiRecord } from '../../api/records';
import { apiReply, refused, unreadable } from '../../api/request';
import { isStopped } from '../../api/waiting';
import { isRecord, oneOf, textOf } from '../../narrowing';
import { InputMistake } from '../itemErrors';
import type { Operation } from '../operation';
import { Access } from './access';
import { enteredBody, type Body } from './body';
import { updated } from './changing';
import { outputOf } from './output';
import type { Lookup, RecordKind } from './record';
import { creating } from './writing';

/** How often it looks and creates, where the outcome is not known or somebody was faster. */
const MOST_TRIES = 3;

/** @returns the operation that creates a record or changes the one that is there */
export function upsertOperation(kind: RecordKind): Operation {
	return {
		name: 'Create or Update',
		value: 'upsert',
		action: `Create or update ${kind.label.toLowerCase()}`,
		description: 'Create a new record, or update the current one if it already exists (upsert)',
		credential: 'kustomerApi',
		properties: [],
		async perItem(item) {
			const access = new Access(item, kind);
			const key = keyOf(access);
			const body = await enteredBody(access, 'upsert');
			// Two items with one key must not both find nothing.
			const outcome = await item.run.inTurn(
				`${access.path} ${key.by} ${key.value.toLowerCase()}`,
				async () => await upserted(access, { key, body }),
			);
			return { ...(await outputOf(access, outcome.record)), created: outcome.created };
		},
	};
}

export type Key = { by: Lookup; value: string };

export function keyOf({ item, kind }: Access): Key {
	const by = oneOf(
		item.value('matchBy', 'externalId'),
		kind.value === 'customer' ? ['email', 'phone', 'externalId'] : ['externalId'],
	);
	const value = item.text('matchValue');
	if (value !== '') return { by, value };
	throw new InputMistake(
		'"Match Value" is empty, so nobody can tell whether the record is there. Check the expression in it.',
	);
}

/**
 * Looks up, then changes or creates. Where Kustomer refuses a second record with this key, or it is
 * not known whether one was made, it looks again: a second run is always safe.
 */
export async function upserted(
	access: Access,
	{ key, body, failed }: { key: Key; body: Body; failed?: Failed },
) {
	let earlier = failed;
	for (let tries = 1; ; tries++) {
		const there = await access.lookUp(key.by, key.value);
		if (there !== undefined) {
			const created = earlier?.kind === 'unknown';
			return { record: await rewritten(access, there, body), created };
		}
		if (earlier?.kind === 'taken' || tries > MOST_TRIES) throw earlier?.error;
		const outcome = await creation(access, key, body);
		if ('record' in outcome) return { record: outcome.record, created: true };
		if (outcome.kind === 'refused') throw outcome.error;
		earlier = outcome;
	}
}

/**
 * `unknown`: it may have been made nevertheless. `taken`: perhaps somebody made one meanwhile; the
 * status of such a refusal is not documented.
 */
export type Failed = { error: unknown; kind: 'unknown' | 'taken' | 'refused' };

async function creation(
	access: Access,
	key: Key,
	body: Body,
): Promise<{ record: ApiRecord } | Failed> {
	const asked = await creating(access, withKey(withoutNulls(body), key));
	const reply = await apiReply(access.caller, asked).catch(
		(error: unknown): Failed => ({
			error,
			kind: isStopped(access.caller) ? 'refused' : 'unknown',
		}),
	);
	if ('error' in reply) return reply;
	if (reply.status < 300) {
		const [record] = recordsIn(reply.body);
		if (record !== undefined) return { record };
		return { error: unreadable(access.caller, asked), kind: 'unknown' };
	}
	const isTaken = reply.status === 409 || reply.status === 400;
	const kind = reply.status >= 500 ? 'unknown' : isTaken ? 'taken' : 'refused';
	return { error: refused(access.caller, reply, asked), kind };
}

/** What is to be emptied is empty in a new record. */
export function withoutNulls(body: Body): Body {
	return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
}

async function rewritten(access: Access, record: ApiRecord, body: Body): Promise<ApiRecord> {
	const change = changeOf(access, body);
	if (Object.keys(change).length === 0) return record;
	return await updated(access, { id: record.id, record }, change);
}

/** @returns of what was entered, what a record that is there takes */
export function changeOf({ kind }: Access, body: Body): Body {
	return Object.fromEntries(Object.entries(body).filter(([name]) => mayChange(kind, name)));
}

/** A conversation keeps its customer: moving it to another is a change of its own. */
function mayChange({ value, attributes }: RecordKind, name: string): boolean {
	if (value === 'conversation' && name === 'customer') return false;
	const known = attributes.filter((one) => one.name === name);
	return known.length === 0 || known.some(({ only }) => only !== 'create');
}

export function withKey(body: Body, { by, value }: Key): Body {
	if (by === 'externalId') return { ...body, externalId: value };
	const [list, entry] = by === 'email' ? ['emails', 'email'] : ['phones', 'phone'];
	const given: unknown = body[list];
	const entries: unknown[] = Array.isArray(given) ? given : [];
	const isThere = entries.some(
		(one) => isRecord(one) && textOf(one[entry]).toLowerCase() === value.toLowerCase(),
	);
	return { ...body, [list]: isThere ? entries : [{ [entry]: value }, ...entries] };
}
