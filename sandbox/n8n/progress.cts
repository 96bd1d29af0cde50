/** Tells on stderr how long `work` has been going on until it ends: in place on a terminal, else a line now and then. */
export async function withProgress<T>(what: string, work: Promise<T>): Promise<T> {
	const startedAt = Date.now();
	const onTerminal = process.stderr.isTTY === true;
	const seconds = (): string => `${Math.round((Date.now() - startedAt) / 1000)} s`;
	const say = (text: string): boolean =>
		process.stderr.write(onTerminal ? `\r\x1b[K${text}` : `${text}\n`);

	say(`${what} ...`);
	const timer = setInterval(() => say(`${what} ... ${seconds()}`), onTerminal ? 1000 : 30_000);
	try {
		const result = await work;
		say(`${what}: done in ${seconds()}`);
		return result;
	} catch (error) {
		say(`${what}: failed after ${seconds()}`);
		throw error;
	} finally {
		clearInterval(timer);
		if (onTerminal) process.stderr.write('\n');
	}
}
