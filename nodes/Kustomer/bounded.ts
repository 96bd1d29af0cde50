/** A map with room for so many entries. For a new one, the one that was set longest ago goes. */
export class Bounded<V> {
	private readonly entries = new Map<string, V>();

	constructor(private readonly capacity: number) {}

	has(key: string): boolean {
		return this.entries.has(key);
	}

	get(key: string): V | undefined {
		return this.entries.get(key);
	}

	set(key: string, value: V): void {
		this.entries.delete(key);
		this.entries.set(key, value);
		if (this.entries.size <= this.capacity) return;
		const [oldest] = this.entries.keys();
		this.entries.delete(oldest);
	}

	/** @returns whether there was such an entry */
	delete(key: string): boolean {
		return this.entries.delete(key);
	}

	/** @returns the entry, made if there is none; set anew, so that what is in use stays */
	use(key: string, make: () => V): V {
		const value = this.entries.get(key) ?? make();
		this.set(key, value);
		return value;
	}
}
