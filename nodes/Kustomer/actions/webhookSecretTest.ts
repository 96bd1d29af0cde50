import type {
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';

/** Kustomer's own secrets are longer; what is shorter was not copied whole. */
const SHORTEST_SECRET_CHARACTERS = 16;

/**
 * The test of the `kustomerWebhookApi` credential. Nothing can be asked of Kustomer with a webhook
 * secret, so it says what can be seen from here; the first event proves the rest.
 */
export async function webhookSecretTest(
	this: ICredentialTestFunctions,
	credential: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	const { secret, previousSecret } = credential.data ?? {};
	const mistake =
		mistakeIn('secret', secret, { isRequired: true }) ??
		mistakeIn('previous secret', previousSecret, { isRequired: false });
	if (mistake !== undefined) return { status: 'Error', message: mistake };
	return {
		status: 'OK',
		message:
			'The secret looks complete. The first event from Kustomer proves that it is the right one.',
	};
}

function mistakeIn(
	name: string,
	value: unknown,
	rule: { isRequired: boolean },
): string | undefined {
	const text = typeof value === 'string' ? value : '';
	if (text.trim() === '') {
		if (!rule.isRequired && text === '') return undefined;
		return `The ${name} is blank. Paste it from Kustomer: Settings > Platform > Outbound Webhooks > your webhook > Edit > Header Information.`;
	}
	if (text !== text.trim()) {
		return `There is a blank before or after the ${name}. Remove it: it came along when the value was copied.`;
	}
	if (text.length < SHORTEST_SECRET_CHARACTERS) {
		return `The ${name} is too short (${text.length} characters). Copy it whole from Kustomer.`;
	}
	return undefined;
}
