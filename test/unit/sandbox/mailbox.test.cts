import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { must, started, stopAll } from './started.cts';

afterEach(stopAll);

/** Says the lines one after the other, each once the server answered the one before. */
async function speakSmtp(port: number, lines: string[]): Promise<string[]> {
	const socket = connect(port, '127.0.0.1');
	const answers: string[] = [];
	for await (const answer of createInterface({ input: socket })) {
		if (/^\d{3}-/.test(answer)) continue;
		answers.push(answer);
		const line = lines[answers.length - 1];
		if (line === undefined) socket.end();
		else socket.write(`${line}\r\n`);
	}
	return answers;
}

const mail = (html: string) =>
	[
		'From: shop@example.com',
		'To: solveig@example.com',
		'Subject: Order TW-1',
		'MIME-Version: 1.0',
		'Content-Type: text/html; charset=utf-8',
		'',
		html,
		'.',
	].join('\r\n');

async function sendMail(port: number, recipients: string[], html: string): Promise<void> {
	const to = recipients.map((address) => `RCPT TO:<${address}>`);
	const answers = await speakSmtp(port, [
		'EHLO localhost',
		'MAIL FROM:<shop@example.com>',
		...to,
		'DATA',
		mail(html),
		'QUIT',
	]);
	expect(answers.every((answer) => /^[23]/.test(answer))).toBe(true);
}

describe('email hooks', () => {
	it('take a mail whose Bcc they are and read JSON-LD and JSON out of its HTML', async () => {
		const kustomer = await started();
		const { id, address } = kustomer.createHook('email', { title: 'Orders' });
		const html =
			'<p>Thanks</p><script type="application/ld+json">{"@type":"Order","n":1}</script>' +
			'<script type="application/json">[2]</script><script type="application/json">{</script>';
		await sendMail(kustomer.smtpPort, ['solveig@example.com', address], html);
		expect(kustomer.mails()).toMatchObject([
			{
				from: 'shop@example.com',
				to: ['solveig@example.com', address],
				hookIds: [id],
				subject: 'Order TW-1',
				data: [{ '@type': 'Order', n: 1 }, [2]],
				broken: ['{'],
			},
		]);
		expect(kustomer.hookRequests()).toMatchObject([
			{ kind: 'email', hookId: id, path: address, method: 'SMTP', outcome: 'accepted' },
		]);
		expect(must(kustomer.mails()[0]).raw.toString()).toContain('Subject: Order TW-1');
	});

	it('leave mails to others alone', async () => {
		const kustomer = await started();
		await sendMail(kustomer.smtpPort, ['solveig@example.com'], '<p>Hello</p>');
		expect(kustomer.mails()).toMatchObject([{ hookIds: [], data: [] }]);
		expect(kustomer.hookRequests()).toEqual([]);
	});
});
