import type { CredentialReference, Execution, NodeDraft } from '../sandbox/n8n/api.cts';
import { HTTP_FORM, HTTP_WEB, POST_FORM, POST_WEB, type Compared } from './bounds.cts';
import { node, publishWebhook } from './flows.cts';
import type { Layout } from './layouts.cts';
import { ratiosOf, spread, type Spread } from './numbers.cts';
import { untilIdle, usageOf } from './usage.cts';

/** Posting many items, 50 in flight: the Kustomer node against n8n's HTTP Request node. */
export interface Posts extends Compared {
	readonly itemsPerSecond: Spread;
	/** Seconds per 1,000 items, all of n8n. */
	readonly cpuPer1000: Spread;
}

const IN_FLIGHT = 50;
const ROUNDS = 3;

/** Both nodes send the same items to the same hooks of the local Kustomer, in turns. */
export async function measurePosts(layout: Layout, items: number): Promise<Posts[]> {
	const flows = await publishFlows(layout, items);
	const speed = new Map([...flows.keys()].map((name) => [name, [] as number[]]));
	const cpu = new Map([...flows.keys()].map((name) => [name, [] as number[]]));
	// What happens once (caches, compiled code) is no round.
	for (let round = -1; round < ROUNDS; round++) {
		for (const [name, run] of flows) {
			const { seconds, cpuSeconds } = await runOnce(layout, run);
			const arrived = layout.kustomer.hookRequests().length;
			if (arrived !== items) throw new Error(`"${name}" posted ${arrived} of ${items} items`);
			if (round < 0) continue;
			speed.get(name)?.push(items / seconds);
			cpu.get(name)?.push((cpuSeconds / items) * 1_000);
		}
	}
	return [...flows.keys()].map((name) => ({
		name,
		itemsPerSecond: spread(speed.get(name) ?? []),
		cpuPer1000: spread(cpu.get(name) ?? []),
		costRatio: ratiosOf(name, cpu),
		speedRatio: ratiosOf(name, speed),
	}));
}

async function runOnce(layout: Layout, run: () => Promise<number>) {
	layout.kustomer.clearLogs();
	await untilIdle(layout.leaders);
	const before = await usageOf(layout.leaders);
	const seconds = await run();
	await untilIdle(layout.leaders);
	const { cpuSeconds } = await usageOf(layout.leaders);
	return { seconds, cpuSeconds: cpuSeconds - before.cpuSeconds };
}

/** @returns by the case's name, what runs it once and resolves with the seconds that the posting node took */
async function publishFlows(layout: Layout, items: number) {
	const { kustomer, n8n, world } = layout;
	const web = kustomer.createHook('web', { title: 'Bench' }).address;
	const form = kustomer.createHook('form', { title: 'Bench' }).address;
	const header = await n8n.api.createCredential({
		name: 'Header',
		type: 'httpHeaderAuth',
		data: { name: 'Authorization', value: `Bearer ${world.apiKey}` },
	});
	const nodes: Array<[string, NodeDraft]> = [
		[POST_WEB, { ...kustomerNode('web', web), credentials: { kustomerApi: world.apiCredential } }],
		[HTTP_WEB, httpNode(web, header)],
		[POST_FORM, kustomerNode('form', form)],
		[HTTP_FORM, httpNode(form)],
	];
	const flows = new Map<string, () => Promise<number>>();
	for (const [name, post] of nodes) flows.set(name, await publishPosting(layout, post, items));
	return flows;
}

function kustomerNode(hookType: 'web' | 'form', address: string): NodeDraft {
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
	};
}

function httpNode(url: string, header?: CredentialReference): NodeDraft {
	const authentication = {
		authentication: 'genericCredentialType',
		genericAuthType: 'httpHeaderAuth',
	};
	const request = node('httpRequest', 4.2, {
		method: 'POST',
		url,
		...(header && authentication),
		sendBody: true,
		specifyBody: 'json',
		jsonBody: '={{ $json }}',
		options: { batching: { batch: { batchSize: IN_FLIGHT, batchInterval: 0 } } },
	});
	return { ...request, name: 'Post', ...(header && { credentials: { httpHeaderAuth: header } }) };
}

async function publishPosting(layout: Layout, post: NodeDraft, items: number) {
	const { api, url } = layout.n8n;
	const jsCode = `return Array.from({ length: ${items} }, (_, i) => ({ json: { number: i, text: 'x'.repeat(500) } }));`;
	const { workflowId, path } = await publishWebhook(layout, { responseMode: 'lastNode' }, [
		node('code', 2, { jsCode }),
		post,
	]);
	return async () => {
		await fetch(url + path, { method: 'POST' });
		const [latest] = await api.listExecutions(workflowId);
		if (latest?.status !== 'success') throw new Error(`the execution is ${latest?.status}`);
		return secondsOf(await api.getExecution(latest.id));
	};
}

function secondsOf(execution: Execution): number {
	const [run] = execution.data.resultData.runData.Post ?? [];
	if (run === undefined) throw new Error('the posting node did not run');
	return run.executionTime / 1_000;
}
