// A message must reach its customer once or not at all, whatever breaks and however often n8n runs the execution.
import {
	createRunExecutionData,
	type IDataDeduplicator,
	type IDataObject,
	type WorkflowExecuteMode,
} from 'n8n-workflow';
import {
	SIGN_IN_PAGE,
	type Fault,
	type LocalKustomer,
	type Resource,
} from '../../sandbox/kustomer/server.cts';
import { apiCredential, chosen, startedKustomer } from '../support/actionWorld.cts';
import { startBreakingProxy, type Break, type BreakingProxy } from '../support/breakingProxy.cts';
import { itemOf, runNode, type NodeRun } from '../support/executeContext.cts';
import { randomBy } from '../support/random.cts';
import { delivered } from '../support/sentMessages.cts';
import { record } from './record.cts';

jest.setTimeout(1_800_000);

const FULL = process.env.FAULTS === 'full';
const RUNS = FULL ? 1_000 : 50;
const AT_A_TIME = 12;

/** Prints it, so that `FAULTS_SEED=<seed>` makes the same runs again. */
const SEED = Number(process.env.FAULTS_SEED ?? Date.now() % 1_000_000);

/** n8n's store of processed items, as its database keeps it; executions whose id ends with "-" cannot use it. */
class Store implements IDataDeduplicator {
	private readonly known = new Set<unknown>();

	checkProcessedAndRecord: IDataDeduplicator['checkProcessedAndRecord'] = async (items) => {
		if (/^\S*- /.test(String(items[0]))) throw new Error('Connection terminated unexpectedly');
		const isNew = !this.known.has(items[0]);
		this.known.add(items[0]);
		return await Promise.resolve({ new: isNew ? items : [], processed: isNew ? [] : items });
	};

	removeProcessed: IDataDeduplicator['removeProcessed'] = async (items) => {
		for (const item of items) this.known.delete(item);
		return await Promise.resolve();
	};

	clearAllProcessedItems = async () => await Promise.resolve();

	getProcessedDataCount = async () => await Promise.resolve(0);
}

let kustomer: LocalKustomer;
let proxy: BreakingProxy;

beforeAll(async () => {
	const { DataDeduplicationService } = await import('n8n-core');
	await DataDeduplicationService.init(new Store());
	kustomer = await startedKustomer();
	proxy = await startBreakingProxy(kustomer.url);
});

afterAll(async () => {
	await proxy?.close();
	await kustomer?.close();
});

type Place = { customer: string; conversation: string };

/** What goes wrong with the first request of this method at this place. */
type Point = { name: string; set(method: string, path: RegExp): void };

const inKustomer = (name: string, fault: Omit<Fault, 'path'>): Point => ({
	name,
	set: (method, path) => kustomer.faults.push({ times: 1, ...fault, method, path }),
});
const onTheWay = (name: string, at: Break['at']): Point => ({
	name,
	set: (method, path) => proxy.breaks.push({ method, path, at, times: 1 }),
});

const LIMITED = { status: 429, headers: { 'x-ratelimit-reset': '1' }, body: { errors: [] } };

const POINTS: readonly Point[] = [
	inKustomer('429', LIMITED),
	inKustomer('429 twice', { ...LIMITED, times: 2 }),
	onTheWay('cut before it was read', 'unread'),
	inKustomer('cut before it was carried out', { reset: true }),
	inKustomer('cut after it was carried out', { when: 'after', reset: true }),
	onTheWay('cut before the answer', 0),
	onTheWay('cut in the head of the answer', 0.2),
	onTheWay('cut in the body of the answer', 0.9),
	inKustomer('half an answer', { half: true }),
	inKustomer('half of some JSON', { when: 'after', status: 200, body: '{"data":{"type":"dra' }),
	inKustomer('502 after it was carried out', { when: 'after', status: 502, body: 'Bad Gateway' }),
	inKustomer('503', { status: 503, body: '' }),
	inKustomer('a sign-in page', SIGN_IN_PAGE),
	inKustomer('a sign-in page after it was carried out', { ...SIGN_IN_PAGE, when: 'after' }),
	inKustomer('422', { status: 422, body: { errors: [] } }),
];

/** Kustomer carries it out long after n8n has given up. */
const LATE = inKustomer('carried out late', { delayMs: 1_500 });

/** How the same execution is run once more. */
const AGAIN = ['never', 'retryOnFail', 'stalled', 'stalled', 'twin', 'byHand'] as const;

/** The requests that write, in their order; the last two are of messages with files. */
const WHERE = [
	({ customer }: Place) => ['POST', new RegExp(`/customers/${customer}/drafts`)] as const,
	() => ['POST', /\/drafts\/\w+\/attachments/] as const,
	() => ['PUT', /\/drafts\/\w+$/] as const,
] as const;

type Run = {
	number: number;
	place: Place;
	text: string;
	isTest: boolean;
	isNew: boolean;
	hasFile: boolean;
	point: Point | undefined;
	where: (typeof WHERE)[number];
	again: (typeof AGAIN)[number];
	outcomes: IDataObject[];
};

function newPlace(number: number): Place {
	const email = `customer${number}@example.com`;
	const customer = kustomer.create('customer', { name: `C ${number}`, emails: [{ email }] }).id;
	const conversation = kustomer.create('conversation', { customer, name: `Q ${number}` }).id;
	kustomer.create('message', {
		conversation,
		...{ channel: 'email', app: 'postmark', direction: 'in', preview: 'A question' },
		meta: { from: { email }, to: [{ email: 'support@teapot-works.example' }] },
	});
	return { customer, conversation };
}

function nodeRun({ place, text, isNew, hasFile, number }: Run, more: Partial<NodeRun>): NodeRun {
	return {
		parameters: {
			...{ resource: 'message', operation: 'send', body: text, options: { timeout: 1_000 } },
			sendTo: isNew ? 'newConversation' : 'conversation',
			...(hasFile && { files: { file: [{ binaryProperty: 'data' }] } }),
			conversation: chosen('id', place.conversation),
			customer: chosen('id', place.customer),
			...(isNew && {
				...{ channel: 'email', to: `customer${number}@example.com` },
				from: chosen('address', 'support@teapot-works.example'),
			}),
		},
		items: [{ ...itemOf({}), binary: { data: { data: 'JVBERg==', mimeType: 'text/plain' } } }],
		credentials: { kustomerApi: { ...apiCredential(kustomer), baseUrl: proxy.url } },
		onError: 'continueRegularOutput',
		...more,
	};
}

async function carriedOut(run: Run, hasStore: boolean): Promise<void> {
	const { place, point, again, isTest } = run;
	const executionId = hasStore ? `${run.number}` : `${run.number}-`;
	const execution = createRunExecutionData();
	const mode: WorkflowExecuteMode = isTest ? 'manual' : 'trigger';
	const once = async (more: Partial<NodeRun>) => {
		const { items } = await runNode(nodeRun(run, { executionId, execution, mode, ...more }));
		run.outcomes.push(items[0].json);
	};
	const [method, path] = run.where(place);
	point?.set(method, path);
	if (again === 'twin') {
		await Promise.all([once({}), once({ execution: createRunExecutionData() })]);
		return;
	}
	await once({});
	if (again === 'retryOnFail') await once({});
	if (again === 'stalled') await once({ execution: createRunExecutionData() });
	if (again === 'byHand')
		await once({ mode: isTest ? mode : 'retry', executionId: `${executionId}r` });
}

/** What went out, by its text. */
const byText = () => {
	const sent = new Map<string, Resource[]>();
	for (const message of kustomer.records('message')) {
		const text = String(message.attributes.preview);
		if (message.attributes.direction === 'out')
			sent.set(text, [...(sent.get(text) ?? []), message]);
	}
	return sent;
};

function hasItsFile({ attributes }: Resource): boolean {
	const [file] = (attributes.attachments ?? []) as Array<{ _id: string }>;
	return file !== undefined && kustomer.record('file', file._id) !== undefined;
}

it(`${RUNS} messages under fire: none twice, none reported that is not there`, async () => {
	const random = randomBy(SEED);
	const runs: Run[] = [];
	const starts: Array<() => Promise<void>> = [];
	for (let number = 0; number < RUNS; number++) {
		const hasStore = random.chance(0.7);
		// What is carried out late cannot be found in time; only n8n's store knows of it, and a person who looks.
		const isLate = hasStore && random.chance(0.04);
		const again = random.of(
			AGAIN.filter((one) => (isLate ? one !== 'byHand' : hasStore || one !== 'twin')),
		);
		const hasFile = random.chance(0.3);
		const run: Run = {
			number,
			place: newPlace(number),
			text: `Answer number ${number} of ${SEED} <ok>`,
			isTest: random.chance(0.1),
			isNew: random.chance(0.25),
			hasFile,
			where: hasFile ? random.of(WHERE) : WHERE[0],
			point: isLate ? LATE : random.chance(0.8) ? random.of(POINTS) : undefined,
			again,
			outcomes: [],
		};
		runs.push(run);
		starts.push(async () => await carriedOut(run, hasStore));
	}
	kustomer.clearLogs();
	await Promise.all(
		Array.from({ length: AT_A_TIME }, async () => {
			for (let next = starts.shift(); next !== undefined; next = starts.shift()) await next();
		}),
	);
	await new Promise((resolve) => setTimeout(resolve, 2_000));
	await delivered(kustomer);

	const sent = byText();
	// Kustomer's preview is without markup.
	const messagesOf = ({ number }: Run) =>
		sent.get(`Answer number ${number} of ${SEED} &lt;ok&gt;`) ?? [];
	const there = (run: Run) => messagesOf(run).length;
	const production = runs.filter(({ isTest }) => !isTest);
	const tests = runs.filter(({ isTest }) => isTest);
	const told = (run: Run) => run.outcomes.some(({ sent }) => sent === true);
	const verdict = {
		sentOnce: production.filter((run) => there(run) === 1).length,
		notSent: production.filter((run) => there(run) === 0).length,
		sentTwice: production.filter((run) => there(run) > 1).length,
		toldSentButNotThere: production.filter((run) => told(run) && there(run) === 0).length,
		thereWithoutAWordOfIt: production.filter(
			(run) =>
				there(run) > 0 &&
				!told(run) &&
				!run.outcomes.some(({ error }) => /may have carried it out/.test(String(error))),
		).length,
		withoutItsFile: production.filter((run) => run.hasFile && !messagesOf(run).every(hasItsFile))
			.length,
		testRuns: tests.length,
		sentByTests: tests.filter((run) => there(run) > 0).length,
		withAFile: runs.filter(({ hasFile }) => hasFile).length,
		runAgain: runs.filter(({ again }) => again !== 'never').length,
		withAFault: runs.filter(({ point }) => point !== undefined).length,
	};
	record('Kustomer fails at messages to customers', { seed: String(SEED), runs: RUNS, ...verdict });
	expect(verdict).toMatchObject({
		...{ sentTwice: 0, toldSentButNotThere: 0, thereWithoutAWordOfIt: 0, sentByTests: 0 },
		withoutItsFile: 0,
	});
	// Otherwise the test would show nothing.
	expect(verdict.sentOnce).toBeGreaterThan(RUNS / 4);
	expect(verdict.notSent).toBeGreaterThan(0);
	expect(tests.flatMap(({ outcomes }) => outcomes)).toEqual(
		expect.arrayContaining([expect.objectContaining({ sent: false })]),
	);
	const writers = new Set(
		kustomer.requestsTo('POST', '/v1/customers/:id/drafts').map(({ path }) => path.split('/')[3]),
	);
	expect(tests.filter(({ place }) => writers.has(place.customer))).toEqual([]);
});
