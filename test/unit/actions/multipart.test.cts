import { InputMistake } from '../../../nodes/Kustomer/actions/itemErrors';
import { textOfPart } from '../../../nodes/Kustomer/actions/inboundHook/content';
import {
	MOST_BYTES,
	refuseTooLarge,
	sizeHint,
} from '../../../nodes/Kustomer/actions/inboundHook/limit';
import { multipartBody } from '../../../nodes/Kustomer/actions/multipart';

const file = (bytes: Buffer, fileName = 'a.bin', mimeType = 'application/x-test') => ({
	name: 'file',
	fileName,
	mimeType,
	pieces: [bytes],
});

/** Read back by the platform's own parser, which did not write it. */
async function readBack({ bytes, contentType }: { bytes: Buffer; contentType: string }) {
	return await new Response(new Uint8Array(bytes), {
		headers: { 'content-type': contentType },
	}).formData();
}

describe('form data', () => {
	it('brings text and files back as they were', async () => {
		const bytes = Buffer.from([0, 13, 10, 45, 45, 255]);
		const form = await readBack(
			await multipartBody([{ name: 'note', text: 'é\nsecond line' }, file(bytes, 'büro "1".pdf')]),
		);
		expect(form.get('note')).toBe('é\nsecond line');
		const back = form.get('file') as File;
		expect([back.name, back.type]).toEqual(['büro "1".pdf', 'application/x-test']);
		expect(Buffer.from(await back.arrayBuffer()).equals(bytes)).toBe(true);
	});

	it('carries any number of files, also under one name', async () => {
		const form = await readBack(
			await multipartBody([file(Buffer.from('a')), file(Buffer.from('b')), file(Buffer.from('c'))]),
		);
		expect(form.getAll('file')).toHaveLength(3);
	});

	it('lets no name break out of its header', async () => {
		const { bytes } = await multipartBody([
			{ name: 'a"\r\nX-Injected: 1', text: '' },
			file(Buffer.from(''), 'x\r\nX-Injected: 2', 'text/plain\r\nX-Injected: 3'),
		]);
		expect(bytes.toString()).not.toMatch(/^X-Injected/m);
	});

	it('has a boundary of its own each time', async () => {
		const [one, other] = [await multipartBody([]), await multipartBody([])];
		expect(one.contentType).not.toBe(other.contentType);
	});

	it('stops reading a file once it exceeds the limit', async () => {
		let read = 0;
		async function* endless() {
			for (;;) {
				read += 65_536;
				yield await Promise.resolve(Buffer.alloc(65_536));
			}
		}
		const attempt = multipartBody(
			[{ ...file(Buffer.alloc(0)), pieces: endless() }],
			refuseTooLarge,
		);
		await expect(attempt).rejects.toThrow(InputMistake);
		expect(read).toBeLessThan(MOST_BYTES + 2 * 65_536);
	});

	it.each([
		[null, ''],
		[undefined, ''],
		[0, '0'],
		[true, 'true'],
		['', ''],
		[{ a: [1] }, '{"a":[1]}'],
	])('turns %j into %j', (value, text) => expect(textOfPart(value)).toBe(text));
});

describe('the size of a post', () => {
	it.each([0, 399_999, 400_000])('%i bytes may go out', (bytes) =>
		expect(() => refuseTooLarge(bytes)).not.toThrow(),
	);
	it('400,001 bytes may not, and the message has both numbers', () =>
		expect(() => refuseTooLarge(400_001)).toThrow(/400,001 bytes.*at most 400,000/));

	it('is hinted at from 90 % on', () => {
		expect(sizeHint([1, 359_999])).toBeUndefined();
		expect(sizeHint([1, 360_000])).toMatch(/^One post is close.*360,000/);
		expect(sizeHint([399_000, 360_000])).toMatch(/^2 posts are close.*399,000/);
	});
});
