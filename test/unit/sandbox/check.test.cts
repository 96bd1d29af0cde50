import { checkOrganization } from '../../../sandbox/check/organization.cts';
import { startKustomer, type LocalKustomer } from '../../../sandbox/kustomer/server.cts';
import { freePort } from '../../../sandbox/n8n/freePort.cts';

const RECEIVE = 'https://check.example.test';

let kustomer: LocalKustomer;

afterEach(async () => await kustomer.close());

it('finds what the local Kustomer does, and leaves nothing behind', async () => {
	kustomer = await startKustomer({ clock: { retryDelaysMs: [1_000], disableAfterFailures: 10 } });
	const port = await freePort();
	kustomer.deliverTo(RECEIVE, `http://127.0.0.1:${port}`);
	const hook = kustomer.createHook('web', { title: 'Check' });
	const answers = await found({
		receive: { address: RECEIVE, port, waitMs: 10_000 },
		webHook: hook.address,
		findLimit: true,
		tell: () => void kustomer.send('kustomer.conversation.update'),
	});
	expect(answers).toMatchObject({
		'Is a webhook made from outside on at once?': 'yes',
		'Does that reply hold the secret?': 'yes',
		'Does PUT change a webhook, and switch it on?': expect.stringMatching(/^no \(404, 404/),
		'Does PATCH change a webhook, and switch it on?': 'yes',
		'How many outbound webhooks are allowed?': '5 (then status 400)',
		'Is the signature the hex HMAC-SHA256 of the bytes, with the secret as it is shown?': 'yes',
		'After how many seconds does Kustomer try again?': '1',
		'Does the repetition keep the bytes, and the id of the event?': 'bytes: yes, id: yes',
		'Which status does a post to a web hook have?': '200',
	});
	expect(kustomer.webhooks()).toEqual([]);
});

it('tells a Kustomer that behaves otherwise from one that does not', async () => {
	kustomer = await startKustomer({ updateVerb: 'PUT' });
	const answers = await found({});
	expect(answers['Does PATCH change a webhook, and switch it on?']).toMatch(/^no/);
	expect(answers['Does PUT change a webhook, and switch it on?']).toBe('yes');
});

it('leaves nothing behind when it fails half-way', async () => {
	kustomer = await startKustomer({});
	kustomer.faults = [{ method: 'PUT', path: /outbound-webhooks/, reset: true }];
	await expect(found({})).rejects.toThrow(/cannot be reached/);
	expect(kustomer.webhooks()).toEqual([]);
});

it('says so when Kustomer does not know the key, and shows neither key nor secret', async () => {
	kustomer = await startKustomer({});
	await expect(found({ key: 'not-a-key' })).rejects.toThrow(/does not know this key/);
	const texts = JSON.stringify(await found({}));
	expect(texts).not.toContain(kustomer.state.keys[0]?.token);
});

async function found(
	check: Partial<Parameters<typeof checkOrganization>[0]>,
): Promise<Record<string, string>> {
	const answers: Record<string, string> = {};
	await checkOrganization({
		url: kustomer.url,
		key: kustomer.state.keys[0]?.token ?? '',
		findLimit: false,
		tell: () => undefined,
		found: ({ question, answer }) => (answers[question] = answer),
		...check,
	});
	return answers;
}
