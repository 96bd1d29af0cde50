import { NodeOperationError, type IExecuteFunctions, type INode } from 'n8n-workflow';
import { CredentialMistake } from '../../../nodes/Kustomer/api/host';
import { explainReply, kustomerErrors } from '../../../nodes/Kustomer/api/replies';
import { apiReply, connectionOf } from '../../../nodes/Kustomer/api/request';

const NODE = { name: 'Kustomer', type: 'kustomer', typeVersion: 1 } as INode;
const asked = { purpose: 'read', method: 'GET', path: '/v1/x' } as const;

/** n8n, whose request throws this. */
const throwing = (error: unknown) =>
	({
		getNode: () => NODE,
		helpers: {
			httpRequestWithAuthentication: async () => {
				throw error;
			},
		},
	}) as unknown as IExecuteFunctions;

const wrapped = (cause: unknown, times: number): unknown =>
	times === 0 ? cause : new Error('wrapped', { cause: wrapped(cause, times - 1) });

describe('what n8n throws instead of a reply', () => {
	it.each([0, 1, 4])('is the credential’s mistake, %d times wrapped', async (times) => {
		const mistake = wrapped(new CredentialMistake('Enter a subdomain.'), times);
		await expect(apiReply(throwing(mistake), asked)).rejects.toThrow('Enter a subdomain.');
	});

	it('stays as it is when it is n8n’s own sentence', async () => {
		const error = new NodeOperationError(NODE, 'Credentials not found');
		await expect(apiReply(throwing(error), asked)).rejects.toBe(error);
	});

	it('is explained otherwise', async () => {
		const error = Object.assign(new Error('x'), { code: 'ECONNREFUSED' });
		await expect(apiReply(throwing(error), asked)).rejects.toThrow('Kustomer refuses connections');
	});
});

describe('the code of a connection that failed', () => {
	it.each<[unknown, string, string]>([
		[{ code: 'ECONNRESET', syscall: 'read' }, 'ECONNRESET', 'read'],
		[{ cause: { code: 'ENOTFOUND', syscall: 'getaddrinfo' } }, 'ENOTFOUND', 'getaddrinfo'],
		[{ message: 'connect ECONNREFUSED 127.0.0.1' }, 'ECONNREFUSED', ''],
		[{ message: 'x', messages: ['read ECONNRESET'] }, 'ECONNRESET', ''],
		[{ message: 'unable: CERT_HAS_EXPIRED' }, 'CERT_HAS_EXPIRED', ''],
		[{ code: 5 }, '', ''],
		['ECONNRESET', '', ''],
		[null, '', ''],
	])('in %j is %j, during %j', (error, code, systemCall) =>
		expect(connectionOf(error)).toEqual({ code, systemCall }),
	);
});

describe('the words of a refusal', () => {
	it('name a role where one is known', () => {
		const refusal = { status: 403, body: '' };
		expect(explainReply(refusal, { purpose: 'read', role: 'org.x' })).toContain('the role org.x.');
		expect(explainReply(refusal, { purpose: 'read' })).toContain('the API key lacks a role.');
	});

	it('quote the code where there is no text, and the field where it is not in the text', () => {
		const said = (error: Record<string, unknown>) =>
			explainReply({ status: 400, body: { errors: [error] } }, { purpose: 'read' });
		expect(said({ code: 'too_many' })).toContain('too_many');
		expect(said({ detail: 'is missing', source: { pointer: '/url' } })).toContain(
			'is missing (/url)',
		);
		expect(said({ detail: '/url is missing', source: { pointer: '/url' } })).not.toContain(
			'(/url)',
		);
		expect(kustomerErrors(null)).toEqual([]);
	});
});
