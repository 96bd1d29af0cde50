import type { AddressInfo } from 'node:net';
import { simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { parsedJson } from './body.cts';
import type { Hooks } from './hooks.cts';

const CLOSE_TIMEOUT_MS = 200;

/** A mail that reached the local SMTP port. */
export type Mail = {
	/** Envelope sender and recipients: Bcc is only here. */
	from: string;
	to: string[];
	/** The email hooks among the recipients. */
	hookIds: string[];
	subject: string;
	html: string;
	text: string;
	/** What Kustomer would hand to a workflow: each JSON and JSON-LD block of the HTML, parsed. */
	data: unknown[];
	/** Blocks that did not parse. */
	broken: string[];
	raw: Buffer;
	receivedAt: string;
};

/**
 * A real SMTP port on this machine for email hooks. It takes any recipient, because an order
 * mail goes to a customer with the hook in Bcc, and it passes nothing on.
 */
export class Mailbox {
	readonly log: Mail[] = [];
	private readonly server: SMTPServer;

	constructor(private readonly hooks: Hooks) {
		this.server = new SMTPServer({
			authOptional: true,
			disabledCommands: ['AUTH', 'STARTTLS'],
			disableReverseLookup: true,
			// Mail clients keep connections; closing shall not wait for them.
			closeTimeout: CLOSE_TIMEOUT_MS,
			onData: (stream, session, done) => {
				const chunks: Buffer[] = [];
				stream.on('data', (chunk: Buffer) => chunks.push(chunk));
				stream.on('end', () => {
					const { mailFrom, rcptTo } = session.envelope;
					const from = mailFrom === false ? '' : mailFrom.address;
					const to = rcptTo.map(({ address }) => address);
					this.take(Buffer.concat(chunks), from, to).then(
						() => done(),
						(error: Error) => done(error),
					);
				});
			},
		});
		// A client that hangs up in the middle is its own business.
		this.server.on('error', () => {});
	}

	/** @returns the port, chosen by the system */
	async listen(): Promise<number> {
		return await new Promise((resolve, reject) => {
			this.server.once('error', reject);
			this.server.listen(0, '127.0.0.1', () => {
				const address = this.server.server.address() as AddressInfo;
				resolve(address.port);
			});
		});
	}

	async close(): Promise<void> {
		await new Promise<void>((resolve) => this.server.close(() => resolve()));
	}

	private async take(raw: Buffer, from: string, to: string[]): Promise<void> {
		const parsed = await simpleParser(raw);
		const html = parsed.html === false ? '' : parsed.html;
		const blocks = jsonBlocks(html);
		const data = blocks.map(parsedJson);
		const hits = to.flatMap((address) => {
			const [hash = '', host = ''] = address.toLowerCase().split('@');
			const hook = host === 'hooks.kustomerapp.com' ? this.hooks.byHash('email', hash) : undefined;
			return hook === undefined ? [] : [{ hook, address }];
		});
		this.log.push({
			from,
			to,
			hookIds: hits.map(({ hook }) => hook.id),
			subject: parsed.subject ?? '',
			html,
			text: parsed.text ?? '',
			data: data.filter((value) => value !== undefined),
			broken: blocks.filter((_, at) => data[at] === undefined),
			raw,
			receivedAt: new Date().toISOString(),
		});
		for (const { hook, address } of hits) {
			this.hooks.record({
				kind: 'email',
				hookId: hook.id,
				method: 'SMTP',
				path: address,
				headers: { 'content-type': 'message/rfc822' },
				rawBody: raw,
				outcome: 'accepted',
				debug: hook.debug,
			});
		}
	}
}

/** A script element ends at the first `</script`, whatever stands in it: also inside JSON text. */
function jsonBlocks(html: string): string[] {
	const scripts = html.matchAll(
		/<script\b[^>]*\btype\s*=\s*["']?application\/(?:ld\+)?json["']?[^>]*>([\s\S]*?)<\/script/gi,
	);
	return [...scripts].map(([, block = '']) => block.trim());
}
