import { parseArgs } from 'node:util';
import { checkOrganization, type Finding } from './organization.cts';

const USAGE = `Asks a Kustomer organization what its documentation leaves open, and prints what holds.
It makes outbound webhooks whose names begin with "n8n check", and deletes them again.

  KUSTOMER_API_KEY=...  npm run check:organization -- --url https://your-company.api.kustomerapp.com

  --url        the organization's API address
  --receive    an https address that leads to this machine (a tunnel): also checks real deliveries
  --port       the port that it leads to (8080)
  --wait       minutes to wait for a delivery and its repetition (8)
  --web-hook   address of a web hook made for this: one post is sent to it
  --form-hook  address of a form hook made for this: one post is sent to it
  --limit      also finds out how many outbound webhooks are allowed, up to 12

The key needs the role org.outbound_webhooks, and org.hooks for --web-hook. It stays out of the command line, where
other users of the machine and the shell's history would see it.`;

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			url: { type: 'string' },
			receive: { type: 'string' },
			port: { type: 'string', default: '8080' },
			wait: { type: 'string', default: '8' },
			'web-hook': { type: 'string' },
			'form-hook': { type: 'string' },
			limit: { type: 'boolean', default: false },
			help: { type: 'boolean', default: false },
		},
	});
	const key = process.env.KUSTOMER_API_KEY;
	if (values.help || values.url === undefined || key === undefined || key === '') {
		console.log(USAGE);
		process.exitCode = values.help ? 0 : 2;
		return;
	}
	let unknown = 0;
	await checkOrganization({
		url: values.url,
		key,
		receive:
			values.receive === undefined
				? undefined
				: {
						address: values.receive,
						port: Number(values.port),
						waitMs: Number(values.wait) * 60_000,
					},
		webHook: values['web-hook'],
		formHook: values['form-hook'],
		findLimit: values.limit,
		tell: (text) => console.log(`\n${text}`),
		found: (finding) => {
			if (finding.answer === 'not seen') unknown++;
			console.log(line(finding));
		},
	});
	console.log(`\nDone. ${unknown === 0 ? 'All was seen.' : `${unknown} not seen.`}`);
	console.log('To help others, put these lines into an issue. They hold no key, secret or data.');
}

function line({ question, answer }: Finding): string {
	return `${question}\n    ${answer}`;
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
});
