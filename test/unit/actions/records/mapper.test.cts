import type { CustomAttribute } from '../../../../nodes/Kustomer/api/metadata';
import {
	attributesFor,
	type Attribute,
} from '../../../../nodes/Kustomer/actions/records/attributes';
import { mapperFields } from '../../../../nodes/Kustomer/actions/records/mapper';
import { OWN_ATTRIBUTES } from '../../../../nodes/Kustomer/actions/records/ownAttributes';

const fieldsOf = (parts: {
	own?: readonly Attribute[];
	custom?: readonly CustomAttribute[];
	starts?: readonly string[];
}) => mapperFields(parts.own ?? [], parts.custom ?? [], parts.starts ?? []);

const choices = (count: number) =>
	Array.from({ length: count }, (_, i) => ({ name: `Choice ${i}`, value: `c${i}` }));

const tier = (count: number): CustomAttribute => ({
	name: 'tierStr',
	label: 'Tier',
	type: 'options',
	choices: choices(count),
});

describe('the form of attributes', () => {
	it('begins with the required ones and those it is told to, and offers the others by label', () => {
		const fields = fieldsOf({
			own: attributesFor('create', OWN_ATTRIBUTES.message),
			starts: ['preview'],
		});
		const shown = fields.filter(({ removed }) => removed !== true);
		expect(shown.map(({ displayName }) => displayName)).toEqual([
			'App',
			'Channel',
			'Direction',
			'Text',
		]);
		const rest = fields.filter(({ removed }) => removed).map(({ displayName }) => displayName);
		expect(rest.length).toBeGreaterThan(10);
		expect(rest).toEqual([...rest].sort((a, b) => a.localeCompare(b)));
	});

	it('offers what it begins with first, where the editor has not put it there', () => {
		const fields = fieldsOf({ own: OWN_ATTRIBUTES.customer, starts: ['name', 'emails'] });
		expect(fields.slice(0, 2).map(({ id }) => id)).toEqual(['emails', 'name']);
	});

	it('says in the label how several values are written', () => {
		const labels = new Map(
			fieldsOf({ own: OWN_ATTRIBUTES.customer }).map(({ id, displayName }) => [id, displayName]),
		);
		expect(['emails', 'tags', 'locations', 'name'].map((id) => labels.get(id))).toEqual([
			'Emails (Comma-Separated)',
			'Tags (Comma-Separated)',
			'Locations',
			'Name',
		]);
	});

	it('requires nothing of an update', () => {
		const fields = fieldsOf({ own: attributesFor('update', OWN_ATTRIBUTES.company) });
		expect(fields.some(({ required, removed }) => required || removed !== true)).toBe(false);
	});

	it.each(Object.entries(OWN_ATTRIBUTES))(
		'has each attribute of a %s once for each operation',
		(_, own) => {
			for (const operation of ['create', 'update'] as const) {
				const ids = fieldsOf({ own: attributesFor(operation, own) }).map(({ id }) => id);
				expect(new Set(ids).size).toBe(ids.length);
				expect(ids.length).toBeGreaterThan(1);
			}
		},
	);

	it('fills in what a create is by default', () => {
		const [app] = fieldsOf({ own: attributesFor('create', OWN_ATTRIBUTES.message) });
		expect(app).toMatchObject({ id: 'app', required: true, defaultValue: 'n8n' });
	});

	it('shows nothing that cannot be written', () => {
		const own: Attribute[] = [{ name: 'rev', label: 'Rev', type: 'number', readOnly: true }];
		expect(fieldsOf({ own })[0].display).toBe(false);
	});

	it('never matches by an attribute', () => {
		const fields = fieldsOf({ own: OWN_ATTRIBUTES.customer, custom: [tier(2)] });
		expect(fields.some((field) => field.canBeUsedToMatch !== false || field.defaultMatch)).toBe(
			false,
		);
	});

	it('has an input for each type', () => {
		const own = OWN_ATTRIBUTES.customer;
		const inputs = new Map(fieldsOf({ own }).map(({ id, type }) => [id, type]));
		expect(
			['birthdayAt', 'emails', 'gender', 'sentiment', 'tags', 'avatarUrl', 'signedUpAt'].map((id) =>
				inputs.get(id),
			),
		).toEqual(['dateTime', 'string', 'options', 'object', 'string', 'string', 'dateTime']);
	});
});

describe('a custom attribute in the form', () => {
	it('is custom.<name>, labelled as in Kustomer', () => {
		expect(fieldsOf({ custom: [tier(2)] })).toEqual([
			{
				id: 'custom.tierStr',
				displayName: 'Tier',
				defaultMatch: false,
				canBeUsedToMatch: false,
				required: false,
				display: true,
				type: 'options',
				removed: true,
				options: choices(2),
			},
		]);
	});

	it('has a list of up to 50 choices, and is text with more', () => {
		expect(fieldsOf({ custom: [tier(50)] })[0]).toMatchObject({ type: 'options' });
		const [long] = fieldsOf({ custom: [tier(51)] });
		expect(long.type).toBe('string');
		expect(long).not.toHaveProperty('options');
	});

	it('is told from another of the same label by its name', () => {
		const named = (name: string): CustomAttribute => ({ name, label: 'Name', type: 'string' });
		const fields = fieldsOf({
			own: [{ name: 'name', label: 'Name', type: 'string' }],
			custom: [named('nameStr'), named('nameTxt')],
		});
		expect(fields.map(({ displayName }) => displayName)).toEqual([
			'Name',
			'Name (custom.nameStr)',
			'Name (custom.nameTxt)',
		]);
	});
});
