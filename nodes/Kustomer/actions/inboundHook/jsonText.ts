/** Where a text stops being JSON, and what is wrong there, without quoting the text. */
export type JsonMistake = { line: number; column: number; words: string };

type Finding = { at: number; words: string };

const BLANKS = /[ \t\n\r]*/y;
const WORD = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const TEXT = /"(?:[^"\\\p{Cc}]|[\u007f-\u009f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/uy;
const UNQUOTED = /[\p{L}_$]/u;

/** @returns the value, or nothing when the text is not JSON; the words of `JSON.parse` would quote it */
export function parsedJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

/**
 * @param text a text that `JSON.parse` refuses
 * @returns the first place where JSON ends, counted from 1 as editors do
 */
export function jsonMistake(text: string): JsonMistake {
	const { at, words } = new Reader(text).firstMistake();
	const before = text.slice(0, at);
	const column = before.length - before.lastIndexOf('\n');
	return { line: before.split('\n').length, column, words };
}

/** Reads along the grammar of RFC 8259; open lists and objects are a stack, so depth costs no calls. */
class Reader {
	private at = 0;

	private readonly open: Array<'{' | '['> = [];

	constructor(private readonly text: string) {}

	firstMistake(): Finding {
		try {
			this.value();
			while (this.open.length > 0) this.afterValue();
			this.take(BLANKS);
			return this.found('the JSON is complete before this, so remove what follows');
		} catch (found) {
			// Nothing else is thrown in here.
			return found as Found;
		}
	}

	/** Reads one value, or the opening of a list or an object up to its first value. */
	private value(): void {
		for (;;) {
			this.take(BLANKS);
			const opening = this.text[this.at];
			if (opening !== '{' && opening !== '[') return this.single();
			this.open.push(opening);
			this.at++;
			this.take(BLANKS);
			if (this.text[this.at] === closingOf(opening)) return this.close();
			if (opening === '{') this.name();
		}
	}

	private afterValue(): void {
		this.take(BLANKS);
		const opening = this.open[this.open.length - 1];
		const next = this.text[this.at];
		if (next === closingOf(opening)) return this.close();
		if (next !== ',') throw this.found(`a comma or "${closingOf(opening)}" is expected here`);
		this.at++;
		this.take(BLANKS);
		if (this.text[this.at] === closingOf(opening)) {
			throw this.found('remove the comma before this');
		}
		if (opening === '{') this.name();
		this.value();
	}

	private name(): void {
		this.take(BLANKS);
		if (this.text[this.at] !== '"') throw this.found(this.insteadOfName());
		this.quoted();
		this.take(BLANKS);
		if (this.text[this.at] !== ':') throw this.found('a colon is expected after the name');
		this.at++;
	}

	private single(): void {
		if (this.text[this.at] === '"') return this.quoted();
		if (!this.take(WORD)) throw this.found(this.insteadOfValue());
	}

	private quoted(): void {
		const start = this.at;
		if (this.take(TEXT)) return;
		const end = /["\n\r]/.exec(this.text.slice(start + 1))?.[0];
		this.at = start;
		throw this.found(
			end === '"'
				? 'this text in quotes holds a backslash or control character that JSON does not allow'
				: 'this text in quotes does not end on its line; write a line break as \\n, or use {{ JSON.stringify(…) }} in an expression',
		);
	}

	private insteadOfName(): string {
		const next = this.text[this.at];
		if (next === undefined) return 'the text ends before the JSON does';
		if (next === "'") return 'names stand in double quotes, not single ones';
		return 'a name in double quotes is expected here';
	}

	private insteadOfValue(): string {
		const next = this.text[this.at];
		if (next === undefined) {
			return this.text.trim() === '' ? 'the text is empty' : 'the text ends before the JSON does';
		}
		if (next === "'") return 'text stands in double quotes, not single ones';
		if (',}]'.includes(next)) {
			return 'a value is missing here; if it comes from an expression, that came out empty';
		}
		if (this.text.startsWith('[object ', this.at - 1)) return OBJECT_WORDS;
		if (UNQUOTED.test(next)) {
			return 'text stands in double quotes; without them only true, false, null and numbers are values';
		}
		return 'a value is expected here';
	}

	private close(): void {
		this.at++;
		this.open.pop();
	}

	private take(pattern: RegExp): boolean {
		pattern.lastIndex = this.at;
		const match = pattern.exec(this.text);
		if (match === null) return false;
		this.at = pattern.lastIndex;
		return true;
	}

	private found(words: string): Found {
		return new Found(this.at, words);
	}
}

const OBJECT_WORDS = 'an expression gave an object; use {{ JSON.stringify(…) }} around it';

class Found {
	constructor(
		readonly at: number,
		readonly words: string,
	) {}
}

function closingOf(opening: '{' | '['): '}' | ']' {
	return opening === '{' ? '}' : ']';
}
