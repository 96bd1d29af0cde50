import { parsedJson } from './body.cts';
import type { HookRequest } from './hooks.cts';

/**
 * What a hook received, for people: JSON parsed, form fields by name, files as name, type and
 * size, anything else as text. What was sent stays in `rawBody`.
 */
export async function readable(entry: HookRequest): Promise<unknown> {
	const type = contentTypeOf(entry);
	const text = entry.rawBody.toString('utf8');
	if (isForm(type)) return await formFields(entry.rawBody, type).catch(() => text);
	return parsedJson(text) ?? text;
}

export function contentTypeOf({ headers }: Pick<HookRequest, 'headers'>): string {
	const type = headers['content-type'];
	return (Array.isArray(type) ? type[0] : type) ?? '';
}

function isForm(type: string): boolean {
	return /^(multipart\/form-data|application\/x-www-form-urlencoded)\b/i.test(type);
}

async function formFields(body: Buffer, type: string): Promise<Record<string, unknown>> {
	const form = await new Response(new Uint8Array(body), {
		headers: { 'content-type': type },
	}).formData();
	const fields = new Map<string, unknown[]>();
	form.forEach((value, name) => {
		const shown =
			typeof value === 'string'
				? value
				: { fileName: value.name, mimeType: value.type, bytes: value.size };
		fields.set(name, [...(fields.get(name) ?? []), shown]);
	});
	return Object.fromEntries(
		[...fields].map(([name, values]) => [name, values.length === 1 ? values[0] : values]),
	);
}
