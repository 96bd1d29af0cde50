import {
	isOwn,
	isTestLeftover,
	webhookName,
	type Registrant,
} from '../../../../nodes/Kustomer/trigger/registration/webhookNames';
import type { Webhook } from '../../../../nodes/Kustomer/api/outboundWebhooks';
import { pausedName } from '../../../../nodes/Kustomer/api/webhookMarks';
import { webhookLike } from '../../../support/webhook.cts';

const REGISTRANT: Registrant = {
	workflowId: 'wF7kettle',
	workflowName: 'Mending desk',
	chosenName: '',
	isTest: false,
};
const TESTING: Registrant = { ...REGISTRANT, isTest: true };
const PATH = '/8c1f-made-up/webhook';
const URL = `https://n8n.example.com/webhook${PATH}`;
const TEST_URL = `https://n8n.example.com/webhook-test${PATH}`;

const testWebhook = (changed: Partial<Webhook> = {}) =>
	webhookLike({ name: 'n8n: Mending desk (wF7kettle) (test)', url: TEST_URL, ...changed });

describe('the name of a webhook', () => {
	it('tells the workflow’s name and id, and whether it is a test', () => {
		expect(webhookName(REGISTRANT)).toBe('n8n: Mending desk (wF7kettle)');
		expect(webhookName(TESTING)).toBe('n8n: Mending desk (wF7kettle) (test)');
	});

	it('is the chosen one where there is one', () => {
		expect(webhookName({ ...REGISTRANT, chosenName: 'Clock alarm' })).toBe('Clock alarm');
		expect(webhookName({ ...TESTING, chosenName: 'Clock alarm' })).toBe('Clock alarm (test)');
	});

	it('is complete where the workflow has no name', () => {
		expect(webhookName({ ...REGISTRANT, workflowName: '' })).toBe('n8n: Workflow (wF7kettle)');
	});

	it('fits into Kustomer’s 255 characters with every mark, and keeps id and test', () => {
		const long = 'x'.repeat(400);
		const made = webhookName({ ...TESTING, workflowName: long });
		expect(made).toMatch(/^n8n: x+ \(wF7kettle\) \(test\)$/);
		expect(`${made} (missed since 2026-01-05T10:00:00.000Z) (paused)`).toHaveLength(255);
		expect(webhookName({ ...TESTING, chosenName: long })).toMatch(/^x{199} \(test\)$/);
		expect(webhookName({ ...REGISTRANT, chosenName: long })).toHaveLength(206);
	});

	it('never has a mark of its own', () => {
		expect(webhookName({ ...REGISTRANT, chosenName: 'Clock alarm (paused)' })).toBe('Clock alarm');
	});
});

describe('a webhook is ours', () => {
	it('when address and name are', () => {
		expect(isOwn(webhookLike(), URL, REGISTRANT)).toBe(true);
		expect(isOwn(testWebhook(), TEST_URL, TESTING)).toBe(true);
	});

	it('when the workflow was renamed since', () => {
		const renamed = webhookLike({ name: 'n8n: Former name (wF7kettle)' });
		expect(isOwn(renamed, URL, REGISTRANT)).toBe(true);
	});

	it('when it has the chosen name', () => {
		const chosen = webhookLike({ name: 'Clock alarm' });
		expect(isOwn(chosen, URL, { ...REGISTRANT, chosenName: 'Clock alarm' })).toBe(true);
	});

	it('when a name was chosen only after it was made', () => {
		expect(isOwn(webhookLike(), URL, { ...REGISTRANT, chosenName: 'Clock alarm' })).toBe(true);
	});

	it.each([
		' (paused)',
		' (missed since 2026-01-05T10:00:00.000Z)',
		' (missed since 2026-01-05T10:00:00.000Z) (paused)',
	])('when it has the mark%s', (mark) => {
		const marked = webhookLike({ name: `${webhookLike().name}${mark}` });
		expect(isOwn(marked, URL, REGISTRANT)).toBe(true);
		const chosen = webhookLike({ name: `Clock alarm${mark}` });
		expect(isOwn(chosen, URL, { ...REGISTRANT, chosenName: 'Clock alarm' })).toBe(true);
		const test = testWebhook({ name: `${testWebhook().name}${mark}` });
		expect(isOwn(test, TEST_URL, TESTING)).toBe(true);
	});

	it('when its name was as long as Kustomer allows, and was cut for a mark', () => {
		const made = (start: string, end: string) =>
			`${start}${'x'.repeat(255 - start.length - end.length)}${end}`;
		const named = made('n8n: ', ' (wF7kettle)');
		const chosenName = made('Clock', '');
		for (const mark of [(name: string) => name, pausedName]) {
			expect(isOwn(webhookLike({ name: mark(named) }), URL, REGISTRANT)).toBe(true);
			const registrant = { ...REGISTRANT, chosenName };
			expect(isOwn(webhookLike({ name: mark(chosenName) }), URL, registrant)).toBe(true);
		}
	});

	it('whether or not it is switched on', () => {
		expect(isOwn(webhookLike({ enabled: false }), URL, REGISTRANT)).toBe(true);
	});
});

describe('a webhook is never ours', () => {
	it.each([
		`${URL}/`,
		`${URL}?a=1`,
		URL.toUpperCase(),
		URL.replace('https', 'http'),
		URL.replace('example.com', 'example.org'),
		URL.slice(0, -1),
		` ${URL}`,
		TEST_URL,
		'',
	])('when its address is %j', (url) => {
		expect(isOwn(webhookLike({ url }), URL, REGISTRANT)).toBe(false);
	});

	it.each([
		'',
		'Mending desk',
		'n8n: Mending desk',
		'Mending desk (wF7kettle)',
		'n8n:Mending desk (wF7kettle)',
		'N8N: Mending desk (wF7kettle)',
		'n8n: Mending desk (wF7kettles)',
		'n8n: Mending desk (xwF7kettle)',
		'n8n: Mending desk (wf7kettle)',
		'n8n: Mending desk (wF7kettle) ',
		'n8n: Mending desk (wF7kettle) (copy)',
		'n8n: Mending desk (wF7kettle) (copy) (paused)',
		'n8n: Mending desk (wF7kettle)(paused)',
		'n8n: Mending desk (wF7kettle) (test)',
		'my n8n: Mending desk (wF7kettle)',
		'Clock alarm',
	])('when its name is %j', (name) => {
		expect(isOwn(webhookLike({ name }), URL, REGISTRANT)).toBe(false);
	});

	it('when it is the published one and a test asks', () => {
		expect(isOwn(testWebhook({ name: webhookName(REGISTRANT) }), TEST_URL, TESTING)).toBe(false);
	});
});

describe('a test registration', () => {
	const MINUTE_MS = 60_000;
	const at = (registrant: Registrant, minutesLater: number) => ({
		...registrant,
		nowMs: Date.parse('2026-01-05T09:00:00.000Z') + minutesLater * MINUTE_MS,
	});
	const LATER = at(REGISTRANT, 10);

	it.each([URL, TEST_URL])('was left behind when name and address are a test’s of %s', (url) => {
		expect(isTestLeftover(testWebhook(), url, LATER)).toBe(true);
	});

	it('was left behind also under a chosen name', () => {
		const chosen = testWebhook({ name: 'Clock alarm (test)' });
		expect(isTestLeftover(chosen, URL, { ...LATER, chosenName: 'Clock alarm' })).toBe(true);
	});

	it('was left behind whatever n8n’s words for tests and for production are', () => {
		const [url, ours] = ['try', 'live'].map((word) => `https://n8n.example.com/x/${word}${PATH}`);
		expect(isTestLeftover(testWebhook({ url }), ours ?? '', LATER)).toBe(true);
	});

	it('may be under way for ten minutes, in another process', () => {
		expect(isTestLeftover(testWebhook(), URL, at(REGISTRANT, 9.99))).toBe(false);
		expect(isTestLeftover(testWebhook(), TEST_URL, at(TESTING, 9.99))).toBe(false);
	});

	it.each(['', 'some day'])('was left behind when it is not known since when: %j', (createdAt) => {
		expect(isTestLeftover(testWebhook({ createdAt }), URL, at(REGISTRANT, 0))).toBe(true);
	});

	it.each([
		`https://n8n.example.com/webhook-test/another/webhook`,
		`https://other.example.com/webhook-test${PATH}`,
		`http://n8n.example.com/webhook-test${PATH}`,
		`https://n8n.example.com:8443/webhook-test${PATH}`,
		`https://n8n.example.com/team/webhook-test${PATH}`,
		`${TEST_URL}/`,
		`${TEST_URL}?a=1`,
		`https://n8n.example.com/webhook-test/x8c1f-made-up/webhook`,
	])('is never a leftover when its address is %j', (url) => {
		expect(isTestLeftover(testWebhook({ url }), URL, LATER)).toBe(false);
	});

	it.each([
		'n8n: Mending desk (wF7kettle)',
		'n8n: Mending desk (another) (test)',
		'n8n: Mending desk (test)',
		'n8n: Mending desk (wF7kettle) (test) 2',
		'Mending desk (wF7kettle) (test)',
		'Clock alarm (test)',
		'',
	])('is never a leftover when its name is %j', (name) => {
		expect(isTestLeftover(testWebhook({ name }), URL, LATER)).toBe(false);
	});

	it('is never the published webhook of this very trigger', () => {
		expect(isTestLeftover(webhookLike(), URL, LATER)).toBe(false);
		expect(isTestLeftover(webhookLike(), URL, at(TESTING, 10))).toBe(false);
	});
});
