import type { IWebhookFunctions } from 'n8n-workflow';
import { SIGNATURE_HEADER } from '../../event/signature';

/** All of a delivery that is looked at before its signature holds. */
export type SignedRequest = { rawBody: Uint8Array; signature: unknown };

/** What n8n adds to the request; 1.x has no `readRawBody`. */
type RawRequest = {
	rawBody?: unknown;
	readRawBody?: () => Promise<void>;
	contentType?: string;
};

/**
 * @returns the delivery's bytes and signature; undefined if its bytes cannot be had, because they
 *   are a form, do not unpack, or are too many
 */
export async function signedRequest(
	context: IWebhookFunctions,
): Promise<SignedRequest | undefined> {
	const rawBody = await rawBodyOf(context.getRequestObject() as unknown as RawRequest);
	if (rawBody === undefined) return undefined;
	return { rawBody, signature: context.getHeaderData()[SIGNATURE_HEADER] };
}

/** For a typeVersion above 1, n8n 2.x reads the body of the usual content types only. */
async function rawBodyOf(request: RawRequest): Promise<Uint8Array | undefined> {
	if (request.rawBody instanceof Uint8Array) return request.rawBody;
	if (request.contentType === 'multipart/form-data') return undefined;
	try {
		await request.readRawBody?.();
	} catch {
		return undefined;
	}
	return request.rawBody instanceof Uint8Array ? request.rawBody : undefined;
}
