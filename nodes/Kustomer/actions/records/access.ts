import { parsedUrl } from '../../api/host';
import type { Reply } from '../../api/errors';
import { recordsIn, type ApiRecord } from '../../api/records';
import { apiReply, refused, unreadable, type ApiCaller, type ApiRequest } from '../../api/request';
import { integerWithin, recordOf } from '../../narrowing';
import { InputMistake } from '../itemErrors';
import type { Item } from '../itemParameters';
import { RECORD_KINDS } from './kinds';
import { roleFor, type Action, type Lookup, type RecordKind } from './record';

const LONGEST_TIMEOUT_MS = 300_000;
const DEFAULT_TIMEOUT_MS = 10_000;

/** The paths of Kustomer's app: `…/app/customers/<id>` and `…/event/<id>` of a conversation. */
const PAGES: Readonly<Record<string, RegExp>> = {
	customer: /\/customers\/([0-9a-f]{24})/i,
	conversation: /\/(?:event|conversations?)\/([0-9a-f]{24})/i,
};

/** A surrogate without its other half, which no address can hold. */
const HALF_A_CHARACTER = /\p{Surrogate}/u;

const ID = /^[\w-]{1,64}$/;

/** One kind of records, as an item's parameters reach it. */
export class Access {
	constructor(
		readonly item: Item,
		readonly kind: RecordKind,
	) {}

	get caller(): ApiCaller {
		return this.item.context;
	}

	/** The same item's view of another kind. */
	of(value: string): Access {
		const kind = RECORD_KINDS.find((one) => one.value === value);
		return new Access(this.item, kind ?? this.kind);
	}

	/** @returns a path of the kind's data, with the class and the id filled in */
	filled(path: string, id = ''): string {
		const klass = path.includes('{klass}') ? encodeURIComponent(this.klass) : '';
		return path.replace('{klass}', klass).replace('{id}', encodeURIComponent(id));
	}

	get path(): string {
		return this.filled(this.kind.path);
	}

	pathOf(id: string): string {
		return `${this.path}/${encodeURIComponent(id)}`;
	}

	/** What one record is called inside a sentence. */
	get label(): string {
		return this.kind.label.toLowerCase();
	}

	get klass(): string {
		const name = this.item.locator('klass').value;
		if (name === '') throw new InputMistake('No class is chosen. Choose one in "Class".');
		if (!ID.test(name)) {
			throw new InputMistake(
				`"${name.slice(0, 64)}" cannot be the name of a class: letters, digits, hyphens and underscores only. Choose it from the list.`,
			);
		}
		return name;
	}

	role(action: Action): string {
		return roleFor(this.kind, action);
	}

	/** @returns what every call of this item has in common */
	get call(): Pick<ApiRequest, 'timeoutMs' | 'maxRetries'> {
		const { options } = this.item;
		return {
			timeoutMs: integerWithin(options.timeout, {
				least: 1,
				most: LONGEST_TIMEOUT_MS,
				otherwise: DEFAULT_TIMEOUT_MS,
			}),
			maxRetries: integerWithin(options.maxRetries, { least: 0, most: 10, otherwise: 3 }),
		};
	}

	/**
	 * Sends what creates or changes a record.
	 *
	 * @returns the record as Kustomer answers it
	 * @throws NodeApiError when Kustomer refuses, or when it is not known whether it was carried out
	 */
	async write(asked: ApiRequest): Promise<ApiRecord> {
		return this.recordIn(await apiReply(this.caller, asked), asked);
	}

	/** @throws NodeApiError for a refusal, and for an answer without a record */
	recordIn(reply: Reply, asked: ApiRequest): ApiRecord {
		if (reply.status >= 300) throw refused(this.caller, reply, asked);
		const [record] = recordsIn(reply.body);
		if (record === undefined) throw unreadable(this.caller, asked);
		return record;
	}

	/** @returns the request that reads one record */
	reading(id: string, query?: ApiRequest['query']): ApiRequest {
		return {
			...this.call,
			purpose: `read the ${this.label}`,
			role: this.role('read'),
			missing: this.noSuch(`the ID ${id}`),
			method: 'GET',
			path: this.pathOf(id),
			query,
		};
	}

	/** @throws NodeApiError naming the record when Kustomer has none of this id */
	async read(id: string): Promise<ApiRecord> {
		const asked = this.reading(id);
		return this.recordIn(await apiReply(this.caller, asked), asked);
	}

	/**
	 * @returns the one record that has this value; undefined when there is none
	 * @throws NodeApiError for every answer but a record and a 404, so that a limit or an outage is
	 *   never taken for "not there"; InputMistake when several have it
	 */
	async lookUp(by: Lookup, value: string): Promise<ApiRecord | undefined> {
		const asked = { ...this.call, purpose: `look up the ${this.label}`, role: this.role('read') };
		const request: ApiRequest = { ...asked, method: 'GET', ...this.lookupPath(by, value) };
		const reply = await apiReply(this.caller, request);
		if (reply.status === 404) return undefined;
		if (reply.status >= 300) throw refused(this.caller, reply, asked);
		const found = recordsIn(reply.body).filter(
			({ attributes }) => !this.kind.externalIdInList || attributes.externalId === value,
		);
		if (found.length > 1) throw new InputMistake(this.severalWords(value, found));
		// An empty list says "not there"; an answer that is none says nothing.
		const isEmptyList = this.kind.externalIdInList && Array.isArray(recordOf(reply.body).data);
		if (found.length === 0 && !isEmptyList) throw unreadable(this.caller, asked);
		return found[0];
	}

	/**
	 * @param of the locator's name and label; by default the kind's own
	 * @returns the id of the record that the locator names, and the record where it was read for that
	 */
	async meant(
		of: { parameter: string; label: string } = {
			parameter: this.kind.value,
			label: this.kind.label,
		},
	): Promise<{ id: string; record?: ApiRecord }> {
		const { mode, value } = this.item.locator(of.parameter);
		if (value === '') {
			throw new InputMistake(
				`No ${this.label} is given. Choose one in "${of.label}", or give its ID there.`,
			);
		}
		const by = this.lookupMeant(mode, value);
		if (by === undefined) return { id: this.idIn(mode, value) };
		const record = await this.lookUp(by, value);
		if (record !== undefined) return { id: record.id, record };
		throw new InputMistake(this.noSuch(`the ${LOOKUP_WORDS[by]} ${value.slice(0, 100)}`));
	}

	/** Bare text comes from an expression, and a model gives an address for an ID: both are e-mail addresses. */
	private lookupMeant(mode: string, value: string): Lookup | undefined {
		const by = (['email', 'externalId', 'phone'] as const).find((lookup) => lookup === mode);
		if (by !== undefined) return by;
		const isFree = mode === '' || this.item.isTool;
		const isAddress = isFree && this.kind.lookups.email !== undefined && value.includes('@');
		return isAddress && parsedUrl(value)?.protocol !== 'https:' ? 'email' : undefined;
	}

	private idIn(mode: string, value: string): string {
		if (mode === 'url' || /^https?:/i.test(value)) {
			const id = PAGES[this.kind.value]?.exec(value)?.[1];
			if (id !== undefined) return id;
			throw new InputMistake(
				`This is not the address of a ${this.label} in Kustomer. Open it in Kustomer and copy the address from there.`,
			);
		}
		if (ID.test(value)) return value;
		throw new InputMistake(
			`"${value.slice(0, 64)}" cannot be the ID of a ${this.label}: IDs look like 5fe109880e432183796e9218.${this.wordsForModels}`,
		);
	}

	private lookupPath(by: Lookup, value: string): Pick<ApiRequest, 'path' | 'query'> {
		const pattern = this.kind.lookups[by];
		if (HALF_A_CHARACTER.test(value)) {
			throw new InputMistake(
				`The ${LOOKUP_WORDS[by]} contains half a character, perhaps because text was cut. Check the expression in it.`,
			);
		}
		if (by === 'externalId' && this.kind.externalIdInList) {
			return { path: this.path, query: { externalId: value } };
		}
		if (pattern === undefined) {
			throw new InputMistake(
				`Kustomer cannot find a ${this.label} by its ${LOOKUP_WORDS[by]}. Use another way.`,
			);
		}
		return { path: `${this.path}/${pattern.replace('{value}', () => encodeURIComponent(value))}` };
	}

	noSuch(what: string): string {
		return `Kustomer has no ${this.label} with ${what}. It may have been deleted or merged, or belong to another organization.${this.wordsForModels}`;
	}

	private get wordsForModels(): string {
		return this.item.isTool
			? ` Find the ${this.label} with a search first and take its ID from there; do not make one up.`
			: '';
	}

	private severalWords(value: string, found: readonly ApiRecord[]): string {
		const ids = found.map(({ id }) => id).join(', ');
		return `Several ${this.kind.plural} have "${value.slice(0, 100)}": ${ids}. Use the ID of the one that you mean.`;
	}
}

const LOOKUP_WORDS: Readonly<Record<Lookup, string>> = {
	email: 'e-mail address',
	externalId: 'external ID',
	phone: 'phone number',
};
