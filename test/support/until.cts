const DEADLINE_MS = 10_000;

/** Waits for a state, not for a time. */
export async function until(isSo: () => boolean, what: string): Promise<void> {
	const deadline = Date.now() + DEADLINE_MS;
	while (!isSo()) {
		if (Date.now() > deadline) throw new Error(`Waited 10 s in vain for ${what}`);
		await new Promise((resolve) => setTimeout(resolve, 2));
	}
}
