import type { Page } from 'playwright-core';
import { openNode } from '../browser.cts';
import { ACTION, ASSIGN, SEARCH, TRIGGER, type Scene } from './scene.cts';

/** One picture of the documentation. Selectors are Playwright's. */
export interface Picture {
	/** In `docs/images/`. */
	readonly file: string;
	/** What the reader is to see; a failure names it. */
	readonly subject: string;
	readonly viewport: { readonly width: number; readonly height: number };
	/** Brings the subject onto the page. */
	open(page: Page, scene: Scene): Promise<void>;
	/** What the picture is cut out of. */
	readonly within: string;
	/** The topmost thing to keep, where that is not the top of `within`. */
	readonly from?: string;
	/** The lowest thing to keep, where that is not the bottom of `within`. */
	readonly to?: string;
	/** Nothing below `to`: other things follow closely, or it floats over them. */
	readonly isTight?: true;
	/** One dot for each pixel, where there is much to show and sharpness would weigh too much. */
	readonly isCoarse?: true;
	/** Words that must stand in the picture, uncovered and uncut. */
	readonly mustShow: readonly string[];
}

const PARAMETERS = '.node-settings';
const OUTPUT = '[data-test-id=output-panel]';

export const PICTURES: readonly Picture[] = [
	{
		file: 'trigger-set-up-by-n8n.png',
		subject: 'the trigger that n8n sets up with an API key',
		viewport: { width: 1280, height: 880 },
		open: async (page, scene) => await openTrigger(page, scene, 'automatic'),
		within: '[data-test-id=ndv]',
		mustShow: [
			'Kustomer Trigger',
			'Pull in events from Kustomer',
			'Execute step',
			'Credential for Kustomer API',
			'Kustomer account',
			'n8n Sets It Up (API Key)',
			'Conversation Updated',
			'Add Filter',
		],
	},
	{
		file: 'trigger-set-up-by-hand.png',
		subject: 'the trigger that a person sets up in Kustomer, with the order of the steps',
		viewport: { width: 1280, height: 1100 },
		open: async (page, scene) => {
			await openTrigger(page, scene, 'manual');
			await page.getByText('Webhook URLs', { exact: true }).click();
			await page.getByText('Production URL', { exact: true }).click();
		},
		within: PARAMETERS,
		to: '[data-test-id=parameter-input-events]',
		mustShow: [
			'Production URL',
			'https://n8n.example.com/webhook/',
			'Webhook Secret (Required If You Set It Up in Kustomer)',
			'I Set It Up in Kustomer',
			'In this order:',
			'1. Copy the Production URL',
			'7. When the first event has come',
			'Conversation Updated',
		],
	},
	{
		file: 'events.png',
		subject: 'the list of events, open',
		viewport: { width: 1280, height: 900 },
		open: async (page, scene) => {
			await openTrigger(page, scene, 'automatic');
			await page.locator('[data-test-id=parameter-input-events]').click();
		},
		within: PARAMETERS,
		from: 'text="Webhook Setup"',
		to: '.el-select-dropdown:visible',
		isTight: true,
		mustShow: [
			'Events',
			'Customer Created',
			'A customer was added',
			'Conversation Created',
			'Conversation Updated',
		],
	},
	{
		file: 'filters.png',
		subject: 'filters that let only closed conversations of VIPs through',
		viewport: { width: 1280, height: 1500 },
		open: async (page, scene) => await openTrigger(page, scene, 'filters'),
		within: PARAMETERS,
		from: 'text="Filters"',
		to: '[data-test-id=collection-parameter-add]',
		mustShow: [
			'Filters',
			'Changed Fields',
			'status',
			'done',
			'Conditions',
			'custom.vip',
			'true',
			'Ignore Own Changes',
		],
	},
	{
		file: 'execution.png',
		subject: 'what reached the workflow, simplified, in a finished execution',
		viewport: { width: 1100, height: 800 },
		open: async (page, { n8nUrl, workflows, executionId }) => {
			await page.goto(`${n8nUrl}/workflow/${workflows.closed}/executions/${executionId}`);
			await openNode(page, TRIGGER);
			await page.locator(`${OUTPUT} [data-test-id=radio-button-schema]`).click();
			// The record's many fields would fill the picture.
			await schemaRow(page, 'attributes').locator('.toggle').click();
		},
		within: OUTPUT,
		mustShow: ['kustomer.conversation.update', 'attributes', 'related', 'changes', 'open', 'done'],
	},
	{
		file: 'hooks.png',
		subject: 'the list of inbound webhooks to post to, open',
		viewport: { width: 1280, height: 900 },
		open: async (page, { n8nUrl, workflows }) => {
			await page.goto(`${n8nUrl}/workflow/${workflows.order}`);
			await openNode(page, ACTION);
			await page.locator('[data-test-id=resource-locator-hook] input').last().click();
		},
		within: PARAMETERS,
		to: '[role=dialog]:has-text("Survey answers")',
		isTight: true,
		mustShow: [
			'Credential for Kustomer API',
			'Inbound Webhook',
			'Post',
			'Web',
			'From list',
			'Orders from the shop',
			'Survey answers',
		],
	},
	{
		file: 'search.png',
		subject: 'a search for the conversations of VIPs who wait, by criteria',
		viewport: { width: 1280, height: 1100 },
		open: async (page, { n8nUrl, workflows }) => {
			await page.goto(`${n8nUrl}/workflow/${workflows.waiting}`);
			await openNode(page, SEARCH);
		},
		within: PARAMETERS,
		from: 'text="Resource"',
		to: 'text="Match"',
		mustShow: [
			'Conversation',
			'Search',
			'Criteria',
			'Customer: VIP (Custom)',
			'Waiting for an Answer Since',
			'Is Before',
		],
	},
	{
		file: 'assign.png',
		subject: 'a step that assigns each conversation that was found to a team',
		viewport: { width: 1280, height: 900 },
		open: async (page, { n8nUrl, workflows }) => {
			await page.goto(`${n8nUrl}/workflow/${workflows.waiting}`);
			await openNode(page, ASSIGN);
		},
		within: PARAMETERS,
		from: 'text="Resource"',
		to: 'text="Simplify"',
		isTight: true,
		mustShow: [
			'Assign',
			'By ID',
			'Mode',
			'Add',
			'User Names or IDs',
			'Team Names or IDs',
			'Repairs',
		],
	},
	{
		file: 'demo.png',
		subject:
			'a conversation of the local Kustomer, in which n8n has left a tag, a note and a draft',
		viewport: { width: 1500, height: 1600 },
		isCoarse: true,
		open: async (page, { kustomerUrl, conversationId }) => {
			await page.goto(`${kustomerUrl}/records#${conversationId}`);
			await page.locator('[data-test="tag.late parcel"]:checked').waitFor();
		},
		within: 'section:has(#chosen-title)',
		mustShow: [
			'Where is my parcel?',
			'Note by',
			'From n8n: Matteo Ricci (a VIP',
			'Draft, not sent',
			'Dear Matteo Ricci',
			'late parcel',
		],
	},
	{
		file: 'local-kustomer.png',
		subject: 'the page of the local Kustomer, after a true event and a forged one',
		viewport: { width: 1000, height: 1600 },
		isCoarse: true,
		open: async (page, { kustomerUrl }) => {
			await page.goto(kustomerUrl);
			await page.locator('[data-test=send-forged]').click();
			await page.getByText('answered 401').first().waitFor();
			// As large as it is in the documentation.
			await page.addStyleTag({ content: 'body { zoom: 0.83 }' });
		},
		within: 'body',
		to: 'section:has(#deliveries-title)',
		isTight: true,
		mustShow: [
			'This is not Kustomer',
			'1. Let something happen',
			'Conversation updated',
			'Send a forged one',
			'2. Webhooks: whom Kustomer tells',
			'n8n: VIP conversation closed',
			'answered 200',
			'answered 401',
		],
	},
];

async function openTrigger(
	page: Page,
	{ n8nUrl, workflows }: Scene,
	workflow: keyof Scene['workflows'],
): Promise<void> {
	await page.goto(`${n8nUrl}/workflow/${workflows[workflow]}`);
	await openNode(page, TRIGGER);
}

function schemaRow(page: Page, field: string) {
	return page
		.locator(`${OUTPUT} [data-test-id=run-data-schema-item]`)
		.filter({ has: page.getByText(field, { exact: true }) });
}
