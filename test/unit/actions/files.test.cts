import type { IExecuteFunctions } from 'n8n-workflow';
import { filesOf } from '../../../nodes/Kustomer/actions/files';
import { Item, Run } from '../../../nodes/Kustomer/actions/itemParameters';

describe('a file to send', () => {
	const reading = (
		row: unknown,
		binary: Record<string, unknown>,
		json: Record<string, unknown> = {},
	) =>
		new Item(
			new Run({
				getNodeParameter: () => ({ file: [row] }),
				getInputData: () => [{ json, binary }],
				helpers: {
					assertBinaryData: (_item: number, property: string) => {
						if (property in binary) return binary[property];
						throw new Error('no such file');
					},
				},
			} as unknown as IExecuteFunctions),
			0,
		);

	it.each<[Record<string, unknown>, Record<string, unknown>]>([
		[
			{ fileName: 'a.pdf', mimeType: 'application/pdf', data: '' },
			{ fileName: 'a.pdf', mimeType: 'application/pdf' },
		],
		[
			{ fileExtension: 'pdf', data: '' },
			{ fileName: 'scan.pdf', mimeType: 'application/octet-stream' },
		],
		[{ data: '' }, { fileName: 'scan' }],
	])('of %j is named %j', async (file, expected) => {
		const item = reading({ binaryProperty: ' scan ' }, { scan: file });
		expect((await filesOf(item))[0]).toMatchObject({ name: 'scan', ...expected });
	});

	it('is named in the form as the row says', async () => {
		const item = reading({ name: 'invoice', binaryProperty: 'scan' }, { scan: { data: '' } });
		expect((await filesOf(item))[0].name).toBe('invoice');
	});

	it('is missed by its name, with the names that are there', async () => {
		const file = { mimeType: 'text/plain', data: '' };
		const item = reading(
			{},
			{ scan: file },
			{ photo: file, plain: {}, half: { mimeType: '' }, text: 'x' },
		);
		await expect(filesOf(item)).rejects.toThrow('This item has: "scan", "photo".');
	});
});
