import { NodeApiError, NodeOperationError, type IExecuteFunctions } from 'n8n-workflow';

/** @returns the error as n8n shows it, naming the item it belongs to */
export function ofItem(
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
