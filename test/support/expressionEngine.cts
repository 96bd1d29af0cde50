import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import {
	Expression,
	NodeHelpers,
	resolveWebhookDescriptionField,
	Workflow,
	type INodeOutputConfiguration,
	type INodeParameters,
	type INodeType,
} from 'n8n-workflow';
import { onlyNodeType } from './nodeTypes.cts';

/** n8n's engines. The default of n8n 2.41, `vm`, has no build for Node 20; `quickjs` is as walled off. */
export type Engine = 'legacy' | 'quickjs';

/** What n8n makes of the trigger's expressions for one set of parameters. */
export type Evaluated = {
	outputs: Array<string | INodeOutputConfiguration>;
	subtitle: unknown;
	responseMode: unknown;
	/** What n8n 2.40 and later finds without an engine. */
	nativeResponseMode: unknown;
	isUrlHidden: unknown;
};

type Task = { file: string; engine: Engine; parameters: INodeParameters[] };

/**
 * Evaluates the built trigger's expressions in a process of its own: n8n's engine is one per
 * process, and jest cannot load the walled-off ones.
 *
 * @param root folder of the built package
 */
export async function evaluate(
	root: string,
	engine: Engine,
	parameters: INodeParameters[],
): Promise<Evaluated[]> {
	const file = join(root, 'dist', 'nodes', 'Kustomer', 'KustomerTrigger.node.js');
	const task: Task = { file, engine, parameters };
	const args = ['--require', 'tsx/cjs', __filename];
	const running = promisify(execFile)(process.execPath, args, { cwd: root });
	running.child.stdin?.end(JSON.stringify(task));
	return JSON.parse((await running).stdout) as Evaluated[];
}

async function work({ file, engine, parameters }: Task): Promise<Evaluated[]> {
	await Expression.initExpressionEngine({
		engine,
		bridgeTimeout: 5_000,
		bridgeMemoryLimit: 128,
		poolSize: 1,
		maxCodeCacheSize: 1_024,
		lazyAcquire: true,
	});
	const { KustomerTrigger } = require(file) as { KustomerTrigger: new () => INodeType };
	const results: Evaluated[] = [];
	for (const set of parameters) results.push(await evaluated(new KustomerTrigger(), set));
	await Expression.disposeExpressionEngine();
	return results;
}

async function evaluated(trigger: INodeType, parameters: INodeParameters): Promise<Evaluated> {
	const name = 'Kustomer Trigger';
	const type = 'n8n-nodes-kustomer.kustomerTrigger';
	const workflow = new Workflow({
		nodes: [{ id: '1', name, type, typeVersion: 1.1, position: [0, 0], parameters }],
		connections: {},
		active: false,
		nodeTypes: onlyNodeType(trigger),
	});
	const node = workflow.nodes[name];
	const { description } = trigger;
	const [webhook] = description.webhooks ?? [];
	const valueOf = (expression: unknown) =>
		workflow.expression.getSimpleParameterValue(node, String(expression), 'manual', {});
	return await workflow.expression.withIsolate(
		async () =>
			await Promise.resolve({
				outputs: NodeHelpers.getNodeOutputs(workflow, node, description),
				subtitle: valueOf(description.subtitle),
				responseMode: valueOf(webhook.responseMode),
				nativeResponseMode: resolveWebhookDescriptionField(node, webhook, 'responseMode'),
				isUrlHidden: valueOf(webhook.ndvHideUrl),
			}),
	);
}

if (require.main === module) {
	void text(process.stdin)
		.then(async (task) => await work(JSON.parse(task) as Task))
		.then((results) => process.stdout.write(JSON.stringify(results)));
}
