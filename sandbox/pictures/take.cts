import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { logIn, startBrowser } from '../browser.cts';
import type { Picture } from './pictures.cts';
import type { Scene } from './scene.cts';

interface Box {
	readonly x: number;
	readonly y: number;
	readonly width: number;
	readonly height: number;
}

/** Which picture, and where to. */
export interface Order {
	readonly picture: Picture;
	readonly folder: string;
	/** How long the page may take to show each thing. */
	readonly withinMs?: number;
}

/** Sharp on screens of today, and still small. */
const DEVICE_SCALE = 1.5;
const MARGIN_PX = 14;
/** What lies across the edge of a picture, or names a port of this machine. */
const LEFT_OUT = '[data-test-id=floating-node], #deliver-to { display: none !important }';
const SHOWN_WITHIN_MS = 15_000;

/** A browser that is logged in and looks the same on every machine. */
export async function openEditor(
	scene: Scene,
): Promise<{ page: Page; close: () => Promise<void> }> {
	const browser = await startBrowser();
	const page = await browser.newPage({
		deviceScaleFactor: DEVICE_SCALE,
		colorScheme: 'light',
		reducedMotion: 'reduce',
		locale: 'en-GB',
		timezoneId: 'UTC',
	});
	await logIn(page, scene.n8nUrl, scene.owner);
	return { page, close: async () => await browser.close() };
}

/**
 * Takes one picture into the folder.
 *
 * @throws Error that names the subject when the page does not show all that the picture is about
 */
export async function takePicture(
	page: Page,
	scene: Scene,
	{ picture, folder, withinMs = SHOWN_WITHIN_MS }: Order,
): Promise<void> {
	await page.setViewportSize(picture.viewport);
	await picture.open(page, scene);
	await page.addStyleTag({ content: LEFT_OUT });
	// What the pointer rests on shows buttons of its own.
	await page.mouse.move(0, 0);
	await page.waitForFunction(isAtRest);
	const clip = await frameOf(page, picture);
	for (const text of picture.mustShow) {
		await page
			.waitForFunction(isShown, { text, clip }, { timeout: withinMs })
			.catch((cause: unknown) => {
				throw new Error(
					`${picture.file} is to show ${picture.subject}, but "${text}" cannot be read in it`,
					{ cause },
				);
			});
	}
	await page.screenshot({
		path: join(folder, picture.file),
		clip,
		scale: picture.isCoarse ? 'css' : 'device',
		animations: 'disabled',
		caret: 'hide',
	});
}

async function frameOf(page: Page, { within, from, to, isTight }: Picture): Promise<Box> {
	const whole = await boxOf(page, within);
	const top = from === undefined ? whole.y : (await boxOf(page, from)).y - MARGIN_PX;
	const last = to === undefined ? whole : await boxOf(page, to);
	const bottom = last.y + last.height + (to === undefined || isTight ? 0 : MARGIN_PX);
	const left = Math.min(whole.x, last.x);
	const right = Math.max(whole.x + whole.width, last.x + last.width);
	return { x: left, y: top, width: right - left, height: bottom - top };
}

async function boxOf(page: Page, selector: string): Promise<Box> {
	const found = page.locator(selector).first();
	await found.waitFor({ timeout: SHOWN_WITHIN_MS });
	const box = await found.boundingBox();
	if (box === null) throw new Error(`The page has no place for ${selector}`);
	return box;
}

/** Runs in the page: whether every list has opened fully. What turns for ever does not count. */
function isAtRest(): boolean {
	return document
		.getAnimations()
		.every(
			({ playState, effect }) =>
				playState !== 'running' || effect?.getComputedTiming().iterations === Infinity,
		);
}

/**
 * Runs in the page: whether the words, or a field that holds them, lie within the frame, neither covered nor cut off.
 * No function may be named in here, for the page lacks the compiler's helper for that.
 */
function isShown({ text, clip }: { text: string; clip: Box }): boolean {
	const nodes = document.createTreeWalker(document.body, NodeFilter.SHOW_ALL);
	for (let node = nodes.nextNode(); node !== null; node = nodes.nextNode()) {
		const words =
			node instanceof HTMLInputElement
				? node.value || node.placeholder
				: node instanceof Text
					? node.data
					: '';
		const start = words.indexOf(text);
		if (start < 0) continue;
		const range = document.createRange();
		range.selectNode(node);
		if (node instanceof Text) {
			range.setStart(node, start);
			range.setEnd(node, start + text.length);
		}
		const { left, right, top, bottom } = range.getBoundingClientRect();
		if (left < clip.x || right > clip.x + clip.width) continue;
		if (top < clip.y || bottom > clip.y + clip.height || right <= left) continue;
		const ends = [(left + right) / 2, right - 2].map((x) =>
			document.elementFromPoint(x, (top + bottom) / 2),
		);
		if (ends.every((end) => end !== null && (end.contains(node) || node.contains(end))))
			return true;
	}
	return false;
}
