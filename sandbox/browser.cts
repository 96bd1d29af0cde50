import { chromium, type Browser, type Page } from 'playwright-core';
import { ensureChromium } from './services/chromium.cts';

/**
 * Starts a Chromium or Chrome without a window.
 * @throws Error that says how to get one where there is none
 */
export async function startBrowser(): Promise<Browser> {
	return await chromium.launch({
		executablePath: await ensureChromium(),
		args: [
			'--no-sandbox',
			'--disable-gpu',
			'--disable-quic',
			'--no-first-run',
			'--disable-background-networking',
			'--disable-component-update',
			'--disable-sync',
		],
	});
}

/** Logs in to n8n as a person does. */
export async function logIn(
	page: Page,
	n8nUrl: string,
	owner: { email: string; password: string },
): Promise<void> {
	await page.goto(`${n8nUrl}/signin`);
	await page.getByLabel(/email/i).fill(owner.email);
	await page.getByLabel(/password/i).fill(owner.password);
	await page.getByRole('button', { name: /sign in/i }).click();
	await page.waitForURL(/home|workflow/);
}

/** Opens a node of the workflow that the page shows, and waits for its parameters. */
export async function openNode(page: Page, name: string): Promise<void> {
	const node = page.locator('[data-test-id=canvas-node]').filter({ hasText: name }).first();
	await node.waitFor();
	// The canvas moves while it settles, so a click can miss: once more until the panel is there.
	const panel = page
		.getByRole('tab', { name: 'Parameters' })
		.or(page.getByText('Parameters', { exact: true }));
	for (let attempt = 0; attempt < 10 && !(await panel.first().isVisible()); attempt++) {
		await node.dblclick({ force: true, position: { x: 40, y: 40 } });
		await panel
			.first()
			.waitFor({ timeout: 2_000 })
			.catch(() => undefined);
	}
	await panel.first().waitFor();
}
