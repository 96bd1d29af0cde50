import {
	NodeOperationError,
	type ICredentialDataDecryptedObject,
	type IExecuteFunctions,
	type ILoadOptionsFunctions,
} from 'n8n-workflow';

const CREDENTIAL = 'kustomerApi';

/**
 * @param need what it is needed for, after "is needed"
 * @throws NodeOperationError when the node has no Kustomer API credential
 */
export function requireApiKey(
	context: IExecuteFunctions | ILoadOptionsFunctions,
	need: string,
): void {
	const node = context.getNode();
	if (node.credentials?.[CREDENTIAL] !== undefined) return;
	throw new NodeOperationError(
		node,
		`A Kustomer API credential is needed ${need}. Choose or make one in this node, under "Credential to connect with".`,
		{ level: 'warning' },
	);
}

/**
 * Reads and decrypts the API credential when it is first asked for, and once per run: as part of
 * every request it would cost 0.9 s of CPU per 1,000 items.
 */
export function apiCredentialOnce(
	context: IExecuteFunctions,
	need: string,
): () => Promise<ICredentialDataDecryptedObject> {
	let reading: Promise<ICredentialDataDecryptedObject> | undefined;
	return async () => await (reading ??= readApiCredential(context, need));
}

async function readApiCredential(
	context: IExecuteFunctions,
	need: string,
): Promise<ICredentialDataDecryptedObject> {
	requireApiKey(context, need);
	return await context.getCredentials(CREDENTIAL);
}
