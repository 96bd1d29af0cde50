/**
 * Where deliveries really go. Webhooks must have https addresses, as at Kustomer; this map plays
 * the reverse proxy in front of n8n and sends an https name to a server on this machine. A name
 * that is not in it is never called, and no target off this machine can be put into it.
 */
export class DeliverTo {
	private readonly targets = new Map<string, readonly string[]>();
	private turn = 0;

	constructor(map: Readonly<Record<string, string>> = {}) {
		for (const [from, to] of Object.entries(map)) this.set(from, to);
	}

	/**
	 * @param from https origin, e.g. `https://n8n.example.com`
	 * @param to http origin on this machine, e.g. `http://127.0.0.1:5678`; several take turns, as behind a load
	 *   balancer; null takes it out again
	 */
	set(from: string, to: string | readonly string[] | null): void {
		const origin = originOf(from);
		if (!origin.startsWith('https://')) throw new Error(`"${from}" does not begin with https://`);
		if (to === null) {
			this.targets.delete(origin);
			return;
		}
		this.targets.set(origin, (typeof to === 'string' ? [to] : to).map(originHere));
	}

	/** @returns the local addresses for a webhook's address, the one whose turn it is first; none where the map has none */
	resolve(url: string): URL[] {
		const wanted = new URL(url);
		const origins = this.targets.get(wanted.origin) ?? [];
		const first = this.turn++ % Math.max(1, origins.length);
		return [...origins.slice(first), ...origins.slice(0, first)].map((origin) => {
			const target = new URL(origin);
			target.pathname = wanted.pathname;
			target.search = wanted.search;
			return target;
		});
	}

	entries(): Record<string, string> {
		return Object.fromEntries([...this.targets].map(([from, to]) => [from, to.join(', ')]));
	}
}

export function isLoopback(hostname: string): boolean {
	return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

function originHere(address: string): string {
	const { protocol, hostname, origin } = new URL(originOf(address));
	if (protocol === 'http:' && isLoopback(hostname)) return origin;
	throw new Error(`"${address}" is not an http:// address on this machine`);
}

function originOf(address: string): string {
	if (!URL.canParse(address)) throw new Error(`"${address}" is not a URL`);
	const url = new URL(address);
	if (url.pathname !== '/' || url.search !== '') {
		throw new Error(`"${address}" must end after the host name and port`);
	}
	return url.origin;
}
