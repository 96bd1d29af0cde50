import type { Execution, NodeDraft } from '../sandbox/n8n/api.cts';
import type { Layout } from './layouts.cts';
import { spread, type Spread } from './numbers.cts';
import { untilIdle, usageOf } from './usage.cts';

/** Posting many items, 50 in flight: our node against n8n's HTTP Request node. */
export interface Posts {
	readonly engine: string;
	readonly name: string;
	readonly itemsPerSecond: Spread;
	/** Seconds per 1,000 items, all of n8n. */
	readonly cpuPer1000: Spread;
	/** Of our node: each round against the same round of HTTP Request at the same hook. */
	readonly speedRatio?: Spread;
	readonly cpuRatio?: Spread;
}

const IN_FLIGHT = 50;

/** Both nodes send the same items to the same hooks of the local Kustomer, in turns. */
export async function measurePosts(
	layout: Layout,
	engine: string,
	isShort: boolean,
): Promise<Posts[]> {
	const items = isShort ? 500 : 1_000;
	const rounds = 3;
	const { kustomer } = layout;
	const web = kustomer.createHook('web', { title: 'Bench' }).address;
	const form = kustomer.createHook('form', { title: 'Bench' }).address;
	const header = await layout.n8n.api.createCredential({
		name: 'Header',
		type: 'httpHeaderAuth',
		data: { name: 'Authorization', value: `Bearer ${layout.world.apiKey}` },
	});
	const [httpWeb, httpForm] = [
		'HTTP Request, web hook with header auth',
		'HTTP Request, form hook',
	] as const;
	/** The third is what it is compared with. */
	const nodes: Array<[string, NodeDraft, string?]> = [
		['ours, web hook with key', ourNode(layout, 'web', web), httpWeb],
		[httpWeb, httpNode(web, header)],
		['ours, form hook', ourNode(layout, 'form', form), httpForm],
		[httpForm, httpNode(form)],
	];
	const flows = await Promise.all(
		nodes.map(async ([name, node]) => ({ name, run: await published(layout, node, items) })),
	);
	const measured = new Map<string, Array<{ perSecond: number; cpu: number }>>();
	for (let round = -1; round < rounds; round++) {
		for (const { name, run } of flows) {
			kustomer.clearLogs();
			await untilIdle(layout.leaders);
			const before = await usageOf(layout.leaders);
			const seconds = await run();
			await untilIdle(layout.leaders);
			const cpu = (await usageOf(layout.leaders)).cpuSeconds - before.cpuSeconds;
			const arrived = kustomer.hookRequests().length;
			if (arrived !== items) throw new Error(`"${name}" posted ${arrived} of ${items} items`);
			if (round < 0) continue;
			measured.set(name, [...(measured.get(name) ?? []), { perSecond: items / seconds, cpu }]);
		}
	}
	const ratios = (name: string) => {
		const runs = measured.get(name) ?? [];
		const other = measured.get(nodes.find(([one]) => one === name)?.[2] ?? '');
		if (other === undefined) return {};
		return {
			speedRatio: spread(runs.map(({ perSecond }, at) => perSecond / (other[at]?.perSecond ?? 0))),
			cpuRatio: spread(runs.map(({ cpu }, at) => cpu / (other[at]?.cpu ?? 0))),
		};
	};
	return [...measured].map(([name, runs]) => ({
		engine,
		name,
		itemsPerSecond: spread(runs.map(({ perSecond }) => perSecond)),
		cpuPer1000: spread(runs.map(({ cpu }) => (cpu / items) * 1_000)),
		...ratios(name),
	}));
}

function ourNode(layout: Layout, hookType: 'web' | 'form', address: string): NodeDraft {
	return {
		name: 'Post',
		type: 'n8n-nodes-kustomer.kustomer',
		typeVersion: 1,
		parameters: {
			resource: 'inboundHook',
			operation: 'post',
			hookType,
			hook: { __rl: true, mode: 'url', value: address },
			options: { batchSize: IN_FLIGHT },
		},
		...(hookType === 'web' && { credentials: { kustomerApi: layout.world.apiCredential } }),
	};
}

function httpNode(url: string, header?: { id: string; name: string }): NodeDraft {
	return {
		name: 'Post',
		type: 'n8n-nodes-base.httpRequest',
		typeVersion: 4.2,
		parameters: {
			method: 'POST',
			url,
			...(header !== undefined && {
				authentication: 'genericCredentialType',
				genericAuthType: 'httpHeaderAuth',
			}),
			sendBody: true,
			specifyBody: 'json',
			jsonBody: '={{ $json }}',
			options: { batching: { batch: { batchSize: IN_FLIGHT, batchInterval: 0 } } },
		},
		...(header !== undefined && { credentials: { httpHeaderAuth: header } }),
	};
}

/** @returns runs the flow once and resolves with the seconds that the posting node took */
async function published(layout: Layout, post: NodeDraft, items: number) {
	const { api, url } = layout.n8n;
	const path = crypto.randomUUID();
	const code = `return Array.from({ length: ${items} }, (_, i) => ({ json: { number: i, text: 'x'.repeat(500) } }));`;
	const to = (node: string) => ({ main: [[{ node, type: 'main' as const, index: 0 }]] });
	const { id } = await api.createWorkflow({
		name: `posts ${path}`,
		nodes: [
			{
				name: 'Webhook',
				type: 'n8n-nodes-base.webhook',
				typeVersion: 2.1,
				webhookId: path,
				parameters: { httpMethod: 'POST', path, responseMode: 'lastNode', options: {} },
			},
			{
				name: 'Items',
				type: 'n8n-nodes-base.code',
				typeVersion: 2,
				parameters: { jsCode: code },
			},
			post,
		],
		connections: { Webhook: to('Items'), Items: to('Post') },
	});
	const { status, errors } = await api.publish(id);
	if (status !== 'published') throw new Error(errors.join(' '));
	return async () => {
		await fetch(`${url}/webhook/${path}`, { method: 'POST' });
		const [latest] = await api.listExecutions(id);
		if (latest?.status !== 'success') throw new Error(`the execution is ${latest?.status}`);
		return secondsOf(await api.getExecution(latest.id));
	};
}

function secondsOf(execution: Execution): number {
	const [run] = execution.data.resultData.runData.Post ?? [];
	if (run === undefined) throw new Error('the posting node did not run');
	return run.executionTime / 1_000;
}
