import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PICTURES } from '../../sandbox/pictures/pictures.cts';
import { setScene } from '../../sandbox/pictures/scene.cts';
import { openEditor, takePicture } from '../../sandbox/pictures/take.cts';
import { withPrograms } from '../support/programs.cts';

jest.setTimeout(600_000);
const { describe, it } = withPrograms('chromium');

const MOST_BYTES = 220_000;

let folder: string;
let scene: Awaited<ReturnType<typeof setScene>>;
let editor: Awaited<ReturnType<typeof openEditor>>;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'n8n-nodes-kustomer-pictures-'));
	scene = await setScene();
	editor = await openEditor(scene);
});

afterAll(async () => {
	await editor?.close();
	await scene?.end();
	await rm(folder, { recursive: true, force: true });
});

describe("the README's picture", () => {
	it.each(PICTURES)('$file still shows $subject', async (picture) => {
		await takePicture(editor.page, scene, { picture, folder });
		const { size } = await stat(join(folder, picture.file));
		expect(size).toBeGreaterThan(5_000);
		expect(size).toBeLessThan(MOST_BYTES);
	});

	it('is not taken when the page lacks what it is about', async () => {
		const [picture] = PICTURES;
		if (picture === undefined) throw new Error('there are no pictures');
		const lacking = { ...picture, mustShow: ['Words that stand nowhere'] };
		await expect(
			takePicture(editor.page, scene, { picture: lacking, folder, withinMs: 1_000 }),
		).rejects.toThrow('"Words that stand nowhere" cannot be read in it');
	});
});
