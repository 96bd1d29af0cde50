import { InputMistake } from '../itemErrors';
import { WHERE } from './hookAddress';

/**
 * Mails for email hooks: Kustomer reads the data from a script element in the HTML.
 * Source: https://developer.kustomer.com/api/apps-platform/get-email-hooks
 */
export type Format = 'jsonLd' | 'json';

export type Draft = {
	/** Address of the hook. */
	bcc: string;
	subject: string;
	/** What a person who gets the mail sees. */
	text: string;
	/** The data as JSON. */
	json: string;
	format: Format;
	/** The hook's key; empty when none is asked for. */
	key: string;
};

export type Email = { bcc: string; subject: string; html: string; text: string };

const SCRIPT_TYPES: Readonly<Record<Format, string>> = {
	jsonLd: 'application/ld+json',
	json: 'application/json',
};

/**
 * @returns the mail as n8n's mail nodes take it
 * @throws InputMistake when the address is no e-mail address
 */
export function composedEmail(draft: Draft): Email {
	const subject = draft.subject.replace(/\s+/g, ' ').trim();
	const key = draft.key === '' ? '' : ` data-kustomer-key="${escapedText(draft.key)}"`;
	const html = [
		'<!DOCTYPE html>',
		`<html><head><meta charset="utf-8"><title>${escapedText(subject)}</title></head><body>`,
		...paragraphs(draft.text),
		`<script type="${SCRIPT_TYPES[draft.format]}"${key}>${escapedJson(draft.json)}</script>`,
		'</body></html>',
	].join('\n');
	return { bcc: emailHookAddress(draft.bcc), subject, html, text: draft.text };
}

/**
 * @param given what was entered
 * @returns the e-mail address
 * @throws InputMistake saying what was given instead, when it is recognized
 */
export function emailHookAddress(given: string): string {
	const address = given.trim().replace(/^mailto:/i, '');
	if (address === '') {
		throw new InputMistake(`No email hook is chosen. Choose one, or paste its address. ${WHERE}`);
	}
	if (/^[^\s@<>"',;]+@[^\s@<>"',;]+\.[^\s@<>"',;]+$/.test(address)) return address;
	if (/\/v1\/hooks\/(web|form)\//.test(address)) {
		throw new InputMistake(
			'This is the address of a web or form hook, which takes posts and no mail. Use the operation "Post", or paste the address of an email hook.',
		);
	}
	throw new InputMistake(`The address of the email hook is not an e-mail address. ${WHERE}`);
}

/** An empty line begins a paragraph, as in mails. */
function paragraphs(text: string): string[] {
	return text
		.split(/(?:\r?\n){2,}/)
		.filter((paragraph) => paragraph.trim() !== '')
		.map((paragraph) => `<p>${escapedText(paragraph).replace(/\r?\n/g, '<br>')}</p>`);
}

/** JSON within HTML: `</script>` and `<!--` in a value must not end or change the script element. */
function escapedJson(json: string): string {
	return json.replace(
		/[<>&\u2028\u2029]/g,
		(character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
	);
}

function escapedText(text: string): string {
	return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
