import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureN8n } from './n8n/install.cts';
import { withProgress } from './n8n/progress.cts';
import { PICTURES } from './pictures/pictures.cts';
import { setScene } from './pictures/scene.cts';
import { openEditor, takePicture } from './pictures/take.cts';

const FOLDER = join(__dirname, '..', 'docs', 'images');

/** `npm run screenshots`: takes the documentation's pictures anew, from a running n8n. */
async function main(): Promise<void> {
	await ensureN8n();
	await mkdir(FOLDER, { recursive: true });
	const scene = await withProgress('Starting n8n and the local Kustomer', setScene());
	try {
		const { page, close } = await openEditor(scene);
		try {
			for (const picture of PICTURES) {
				await takePicture(page, scene, { picture, folder: FOLDER });
				console.log(`docs/images/${picture.file}: ${picture.subject}`);
			}
		} finally {
			await close();
		}
	} finally {
		await scene.end();
	}
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
});
