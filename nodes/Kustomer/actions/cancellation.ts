import { NodeOperationError, sleep, type IExecuteFunctions } from 'n8n-workflow';

/** @throws NodeOperationError when a person stopped the execution */
export function refuseWhenStopped(context: IExecuteFunctions): void {
	if (!isStopped(context)) return;
	throw new NodeOperationError(
		context.getNode(),
		'The execution was stopped, so the remaining items were not sent.',
		{ level: 'warning' },
	);
}

export function isStopped(context: IExecuteFunctions): boolean {
	return context.getExecutionCancelSignal()?.aborted === true;
}

/**
 * Waits, but not on after the execution was stopped.
 *
 * @throws NodeOperationError when it was stopped meanwhile
 */
export async function pause(context: IExecuteFunctions, durationMs: number): Promise<void> {
	const signal = context.getExecutionCancelSignal();
	let wake = () => {};
	const stopped = new Promise<void>((resolve) => (wake = resolve));
	signal?.addEventListener('abort', wake, { once: true });
	await Promise.race([sleep(durationMs), stopped]);
	signal?.removeEventListener('abort', wake);
	refuseWhenStopped(context);
}
