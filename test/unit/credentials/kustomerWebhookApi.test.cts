import {
	NodeHelpers,
	type ICredentialDataDecryptedObject,
	type ICredentialTestFunctions,
} from 'n8n-workflow';
import { KustomerWebhookApi } from '../../../credentials/KustomerWebhookApi.credentials';
import { webhookSecretTest } from '../../../nodes/Kustomer/api/credentialTests';

const core = import('n8n-core');

const credential = new KustomerWebhookApi();
const SECRET = 'a-secret-of-the-webhook-tests-01';

describe('the fields of the credential', () => {
	it('are those that saved credentials have', () => {
		const fields = credential.properties.filter(({ type }) => type !== 'notice');
		expect(fields.map(({ name }) => name)).toEqual(['secret', 'previousSecret']);
		expect(credential.name).toBe('kustomerWebhookApi');
	});

	it('are hidden while they are typed', () => {
		const fields = credential.properties.filter(({ type }) => type !== 'notice');
		for (const { typeOptions } of fields) expect(typeOptions?.password).toBe(true);
	});

	it('are never sent anywhere: there is nothing to authenticate', () => {
		expect(credential).not.toHaveProperty('authenticate');
	});

	it('are shown without a warning as they ought to be', () => {
		expect(shownFor({ secret: SECRET, previousSecret: '' })).toEqual([
			'purposeNotice',
			'secret',
			'previousSecret',
		]);
	});

	it('point at a space around the one that has it', () => {
		expect(shownFor({ secret: `${SECRET}\n`, previousSecret: '' })).toContain('blankNotice');
		const both = { secret: SECRET, previousSecret: ` ${SECRET}` };
		expect(shownFor(both)).toContain('previousBlankNotice');
		expect(shownFor(both)).not.toContain('blankNotice');
	});
});

describe("the credential's test", () => {
	it('says that the first event proves the rest', async () => {
		const { status, message } = await tested({ secret: SECRET, previousSecret: '' });
		expect(status).toBe('OK');
		expect(message).toContain('first event');
	});

	it('passes while a secret is being changed', async () => {
		const data = { secret: SECRET, previousSecret: `${SECRET}-before` };
		expect((await tested(data)).status).toBe('OK');
	});

	it.each([
		[{ secret: '' }, /secret is empty/],
		[{}, /secret is empty/],
		[{ secret: '   ' }, /secret is empty/],
		[{ secret: ` ${SECRET}` }, /space before or after the secret/],
		[{ secret: `${SECRET}\n` }, /space before or after the secret/],
		[{ secret: 'abc' }, /too short \(3 characters\)/],
		[{ secret: SECRET, previousSecret: ' ' }, /previous secret is empty/],
		[{ secret: SECRET, previousSecret: `${SECRET} ` }, /space before or after the previous secret/],
		[{ secret: SECRET, previousSecret: 'abc' }, /previous secret is too short/],
	])('says what is wrong with %j, and repeats no secret', async (data, words) => {
		const { status, message } = await tested(data);
		expect(status).toBe('Error');
		expect(message).toMatch(words);
		expect(message).not.toContain(SECRET);
	});
});

/** @returns the names of the fields that the editor shows */
function shownFor(data: Record<string, string>): string[] {
	return credential.properties
		.filter((property) => NodeHelpers.displayParameter(data, property, null, null))
		.map(({ name }) => name);
}

/** Runs the test as n8n does when a person saves the credential. */
async function tested(data: ICredentialDataDecryptedObject) {
	const { CredentialTestContext } = await core;
	const context = new CredentialTestContext() as ICredentialTestFunctions;
	return await webhookSecretTest.call(context, {
		id: '1',
		name: 'Kustomer',
		type: 'kustomerWebhookApi',
		data,
	});
}
