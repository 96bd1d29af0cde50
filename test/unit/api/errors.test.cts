import {
	explainConnection,
	explainReply,
	kustomerErrors,
} from '../../../nodes/Kustomer/api/errors';

const asked = { purpose: 'list the hooks', role: 'org.permission.hook.read' };

describe("Kustomer's replies", () => {
	it.each([
		[{ errors: [{ code: 'bad_request', message: 'title is required', meta: { field: 'title' } }] }],
		[
			{
				errors: [
					{
						status: '400',
						title: 'Bad',
						detail: 'title is required',
						source: { pointer: 'title' },
					},
				],
			},
		],
		[{ errors: [{ status: 400, title: 'title is required' }] }],
		[{ error: { message: 'title is required' } }],
		[{ message: 'title is required' }],
		['{"errors":[{"message":"title is required"}]}'],
		[{ errors: ['title is required'] }],
	])('of the shape %j are understood', (body) => {
		expect(kustomerErrors(body)[0].text).toBe('title is required');
		expect(explainReply({ status: 400, body }, asked)).toContain('title is required');
	});

	it.each([
		[undefined],
		[null],
		[''],
		['<html>'],
		[[]],
		[42],
		[{ errors: 'x' }],
		[{ errors: [null] }],
	])('of the shape %j break nothing', (body) => {
		expect(kustomerErrors(body)).toEqual([]);
		expect(explainReply({ status: 400, body }, asked)).toMatch(
			/refused the request with status 400/,
		);
	});

	it.each([
		[401, /Make a new key/],
		[403, /lacks the role org\.permission\.hook\.read/],
		[404, /Check the subdomain/],
		[413, /400,000 bytes/],
		[429, /Try again in a minute/],
		[503, /status\.kustomer\.com/],
	])('%i comes with a remedy', (status, words) =>
		expect(explainReply({ status, body: '' }, asked)).toMatch(words),
	);

	it('about another pod become words about the region', () =>
		expect(
			explainReply(
				{
					status: 401,
					body: {
						errors: [
							{
								message:
									'Auth token associated with pod prod2 but request is being handled by prod1',
							},
						],
					},
				},
				asked,
			),
		).toMatch(/another region.*By Organization Subdomain/));

	it('are quoted no further than 300 characters', () =>
		expect(
			explainReply({ status: 400, body: { message: 'x'.repeat(5_000) } }, asked).length,
		).toBeLessThan(500));
});

describe('a connection that did not come about', () => {
	it.each([
		['ENOTFOUND', "Kustomer's host name is not known"],
		['ECONNREFUSED', 'Kustomer refuses connections'],
		['ETIMEDOUT', 'did not answer in time'],
		['CERT_HAS_EXPIRED', 'certificate has expired'],
		['', 'could not be reached'],
	])('%s is said in words', (code, words) =>
		expect(explainConnection(code, asked)).toContain(words),
	);
});
