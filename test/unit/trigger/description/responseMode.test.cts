import { compileFunction } from 'node:vm';

describe('when n8n answers Kustomer', () => {
	it('is an expression where n8n has no quicker way, as on 1.x', () => {
		jest.isolateModules(() => {
			jest.doMock('n8n-workflow', () => ({}));
			const { RESPONSE_MODE } = jest.requireActual<
				typeof import('../../../../nodes/Kustomer/trigger/description/responseMode')
			>('../../../../nodes/Kustomer/trigger/description/responseMode');
			const text = String(RESPONSE_MODE.responseMode);
			const body = `return ${text.slice(3, -2)}`;
			const modeFor = compileFunction(body, ['$parameter']) as (parameters: object) => unknown;
			expect(text).toMatch(/^=\{\{.*\}\}$/s);
			expect(modeFor({ options: { acknowledge: 'finished' } })).toBe('lastNode');
			expect(modeFor({ options: {} })).toBe('onReceived');
			expect(modeFor({})).toBe('onReceived');
		});
		jest.dontMock('n8n-workflow');
	});
});
