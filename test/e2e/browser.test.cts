import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { logIn, openNode, startBrowser } from '../../sandbox/browser.cts';
import { N8nApi } from '../../sandbox/n8n/api.cts';
import { until } from '../../sandbox/n8n/deadline.cts';
import { N8nSession, OWNER } from '../../sandbox/n8n/session.cts';
import { withPrograms } from '../support/programs.cts';

jest.setTimeout(600_000);
const { describe, it } = withPrograms('chromium');

/** `npm start`, as a newcomer types it, with its data in a folder of its own. */
let demo: ChildProcess;
let printed = '';
let folder: string;
let browser: Browser;
let page: Page;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'n8n-nodes-kustomer-demo-'));
	demo = spawn('npm', ['start', '--', '--folder', folder], {
		cwd: resolve(__dirname, '..', '..'),
		detached: true,
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	demo.stdout?.on('data', (text: Buffer) => (printed += text.toString()));
	demo.stderr?.on('data', (text: Buffer) => (printed += text.toString()));
	browser = await startBrowser();
	page = await browser.newPage({ viewport: { width: 1500, height: 1100 } });
	await until(() => demo.exitCode !== null || /Ctrl-C stops both/.test(printed) || undefined, {
		what: `npm start to be ready; it printed: ${printed}`,
		withinMs: 300_000,
	});
});

afterAll(async () => {
	await browser?.close();
	if (demo?.pid !== undefined && demo.exitCode === null) process.kill(-demo.pid, 'SIGINT');
	await until(() => demo.exitCode ?? demo.signalCode ?? undefined, {
		what: 'npm start to end after Ctrl-C',
		withinMs: 60_000,
	});
	await rm(folder, { recursive: true, force: true });
});

describe('npm start', () => {
	it('prints two addresses and a login', () => {
		expect(printed).toMatch(/Local Kustomer\s+http:\/\/127\.0\.0\.1:\d+/);
		expect(printed).toMatch(/n8n\s+http:\/\/127\.0\.0\.1:\d+\/workflow\/\S+\/executions/);
		expect(printed).toContain(OWNER.email);
		expect(printed).toContain(OWNER.password);
	});

	it('shows the trigger in the editor, with its events and setup in words', async () => {
		await logIn(page, n8nUrl(), OWNER);
		await page.goto(`${n8nUrl()}/workflow/${workflowId()}`);
		await openNode(page, 'Customer Wrote');
		for (const words of [
			'Webhook Setup',
			'Webhook Secret (Required If You Set It Up in Kustomer)',
			'Message Created',
			'Simplify',
			'Split Outputs by Event',
		]) {
			await expectVisible(words);
		}
	});

	it('offers the fields of an event before the first one has arrived', async () => {
		const answer = await page.request.get(
			`${n8nUrl()}/schemas/n8n-nodes-kustomer.kustomerTrigger/1.1.0.json`,
		);
		expect(answer.status()).toBe(200);
		const { properties } = (await answer.json()) as { properties: object };
		expect(properties).toHaveProperty('changes');
	});

	it('shows the action node in the editor', async () => {
		await page.goto(`${n8nUrl()}/workflow/${workflowId()}`);
		await openNode(page, 'Leave a Note');
		for (const words of ['Resource', 'Operation', 'Conversation', 'Text'])
			await expectVisible(words);
	});

	it.each([
		['reply', 'Send message'],
		['ticket', 'Create conversation'],
		['note', 'Create note'],
		['tag', 'Add tags to conversation'],
		['assign', 'Assign conversation'],
		['snooze', 'Snooze conversation'],
		['close', 'Close conversation'],
		['search conversations', 'Search conversations'],
		['attachment', 'Download attachments of message'],
	])('is found by "%s", and then offers "%s"', async (word, action) => {
		const { creator, words } = await openNodeSearch();
		await words.fill(word);
		await creator.getByText('Kustomer', { exact: true }).click();
		await creator.getByText(action, { exact: true }).waitFor({ timeout: 15_000 });
	});

	it('shows what a step needs first, and lists to choose from once the conversation is chosen', async () => {
		const { creator, words } = await openNodeSearch();
		await words.fill('assign');
		await creator.getByText('Kustomer', { exact: true }).click();
		await creator.getByText('Assign conversation', { exact: true }).click();
		await expectVisible('Team Names or IDs');
		const top = async (words: string) =>
			(await page.getByText(words, { exact: true }).first().boundingBox())?.y ?? 0;
		expect(await top('Team Names or IDs')).toBeLessThan(await top('Simplify'));

		await page.locator('[data-test-id=resource-locator-conversation] input').last().click();
		await page.locator('[data-test-id=rlc-item]').first().click();
		const teams = page.locator('[data-test-id=parameter-input-teams]');
		await teams.locator('input:enabled').first().click();
		await page.locator('.el-select-dropdown:visible').getByText('Repairs').click();
	});

	it('tags the conversation of a customer who writes, notes who wrote, drafts an answer, and stops there', async () => {
		await page.goto(kustomerUrl());
		await page.locator('[data-test=write-as]').selectOption({ label: 'Matteo Ricci' });
		await page.locator('[data-test=write-text]').fill('Where is my parcel?');
		await page.locator('[data-test=write-send]').click();
		await page.locator('[data-test=written]').click();
		const talk = page.locator('#talk');
		await talk.getByText('Where is my parcel?').waitFor();
		await talk
			.getByText(
				/From n8n: Matteo Ricci \(a VIP, \d+ conversations so far\) wrote about: late parcel\./,
			)
			.waitFor({ timeout: 30_000 });
		await page.locator('[data-test="tag.late parcel"]:checked').waitFor();
		await talk
			.locator('[data-test="entry.draft"]')
			.getByText('Dear Matteo Ricci, thank you')
			.waitFor({ timeout: 30_000 });
		expect(await talk.locator('.said').count()).toBe(3);

		expect(await executions()).toBe(1);
	});

	it('runs the workflow at the press of a button too, and its own changes never started it', async () => {
		await page.goto(kustomerUrl());
		await page.locator('[data-test="send.kustomer.message.create"]').click();
		await page.locator('[data-test=said]').getByText('answered 200').waitFor();
		await page.goto(`${n8nUrl()}/workflow/${workflowId()}/executions`);
		await page
			.getByText(/Succeeded|Success/)
			.nth(1)
			.waitFor({ timeout: 30_000 });
		expect(await executions()).toBe(2);
	});

	it('shows that a forged event was turned away', async () => {
		await page.goto(kustomerUrl());
		await page.locator('[data-test="send-forged"]').click();
		const refused = page
			.locator('[data-test^="delivery-status."]')
			.filter({ hasText: '401' })
			.first();
		await refused.waitFor({ timeout: 30_000 });
	});

	it('fetches what a customer wrote while n8n was away, and says above it what recovered means', async () => {
		const before = await executions();
		await page.goto(kustomerUrl());
		const n8nSwitch = page.locator('[data-test=n8n-switch]');
		await n8nSwitch.click();
		await n8nSwitch.getByText('Start n8n').waitFor({ timeout: 30_000 });
		await page.locator('[data-test=write-text]').fill('Where is my other parcel?');
		await page.locator('[data-test=write-send]').click();
		await page.locator('[data-test^="delivery-status."]').getByText('no answer').waitFor();
		await page.locator('[data-test^="fail-webhook."]').click();
		await page.getByText('Switched off after failures').waitFor();
		await n8nSwitch.click();
		await n8nSwitch.getByText('Stop n8n').waitFor({ timeout: 60_000 });
		await until(async () => (await executions()) > before || undefined, {
			what: 'the missed event',
			withinMs: 60_000,
		});
		expect(printed).toMatch(/n8n's log: Kustomer Trigger: Kustomer had switched off .* on again/);

		await page.goto(`${n8nUrl()}/workflow/${workflowId()}/executions`);
		await openNode(page, 'Customer Wrote');
		await page.getByText('Items with "recovered": true are missed events').waitFor();
	});

	it.each(['/', '/records'])('has at %s a page that axe finds nothing wrong with', async (path) => {
		await page.goto(`${kustomerUrl()}${path}`);
		if (path === '/records') await page.locator('[data-test^="open."]').first().click();
		await page.evaluate(axe.source);
		const violations = await page.evaluate(async () => {
			const { axe: inPage } = globalThis as unknown as { axe: typeof axe };
			const found = await inPage.run();
			return found.violations.map(({ id, nodes }) => `${id} (${nodes.length})`);
		});
		expect(violations).toEqual([]);
	});
});

/** Begins a workflow that is started by hand, and opens the search for its next step. */
async function openNodeSearch() {
	const creator = page.locator('[data-test-id=node-creator]');
	await page.goto(`${n8nUrl()}/workflow/new`);
	await page.locator('[data-test-id=canvas-add-button]').first().click();
	await creator.getByText('Trigger manually').first().click();
	await page.locator('[data-test-id=canvas-node]').first().waitFor();
	const words = creator.locator('input').first();
	for (let attempt = 0; attempt < 10 && !(await words.isVisible()); attempt++) {
		await page.keyboard.press('Escape');
		await page
			.locator('[data-test-id=node-creator-plus-button]')
			.first()
			.click({ timeout: 2_000 })
			.catch(() => undefined);
		await words.waitFor({ timeout: 2_000 }).catch(() => undefined);
	}
	return { creator, words };
}

async function expectVisible(words: string): Promise<void> {
	await page.getByText(words, { exact: true }).first().waitFor({ timeout: 15_000 });
}

/** How often the demo's workflow has run. */
async function executions(): Promise<number> {
	const session = new N8nSession(n8nUrl());
	await session.open();
	return await new N8nApi(session).countExecutions(workflowId());
}

function n8nUrl(): string {
	return /n8n\s+(http:\/\/127\.0\.0\.1:\d+)\/workflow/.exec(printed)?.[1] ?? 'no address';
}

function workflowId(): string {
	return /\/workflow\/([^/]+)\/executions/.exec(printed)?.[1] ?? 'no workflow';
}

function kustomerUrl(): string {
	return /Local Kustomer\s+(\S+)/.exec(printed)?.[1] ?? 'no address';
}
