import { NodeApiError, NodeOperationError, type IExecuteFunctions } from 'n8n-workflow';

/**
 * Something a person entered that cannot be used as it is. The message says what to change and
 * where; nothing has been sent.
 */
export class InputMistake extends Error {}

/** One of several outcomes of an item that failed while the others did not. */
export class Failure {
	constructor(readonly reason: unknown) {}
}

/** @returns the error as n8n shows it, naming the item it belongs to */
export function errorOfItem(
	context: IExecuteFunctions,
	error: unknown,
	itemIndex: number,
): NodeApiError | NodeOperationError {
	if (error instanceof NodeApiError || error instanceof NodeOperationError) {
		error.context.itemIndex ??= itemIndex;
		return error;
	}
	// The rest are our own sentences (InputMistake, CredentialMistake) and n8n's about expressions.
	const message = error instanceof Error ? error.message : String(error);
	return new NodeOperationError(context.getNode(), message, { itemIndex, level: 'warning' });
}
