import {
	createRunExecutionData,
	NodeConnectionTypes,
	Workflow,
	type IExecuteData,
	type INode,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { Kustomer } from '../../nodes/Kustomer/Kustomer.node';
import { additionalDataFor, nodeOf, type NodeRun } from './executeContext.cts';

/** What an agent of n8n gets for a node that is connected to it as a tool. */
export type Tool = {
	name: string;
	description: string;
	invoke(given: object): Promise<unknown>;
};

const AGENT: INodeTypeDescription = {
	displayName: 'Agent',
	name: 'agent',
	group: ['transform'],
	version: 1,
	description: '',
	defaults: { name: 'Agent' },
	inputs: [NodeConnectionTypes.Main, NodeConnectionTypes.AiTool],
	outputs: [NodeConnectionTypes.Main],
	properties: [],
};

/** The node as n8n's `convertNodeToAiTool` offers it under `<name>Tool`. */
function asTool(): INodeType {
	const node = new Kustomer();
	const description = {
		...node.description,
		name: `${node.description.name}Tool`,
		inputs: [],
		outputs: [NodeConnectionTypes.AiTool],
	};
	return Object.assign(node, { description });
}

/** Connects the node to an agent, and asks n8n-core for the agent's tools. */
export async function toolOf(run: NodeRun): Promise<Tool> {
	const { ExecuteContext } = await import('n8n-core');
	const tool = { ...nodeOf(run), type: 'n8n-nodes-kustomer.kustomerTool' };
	const agent: INode = {
		id: 'agent',
		name: 'Agent',
		type: 'agent',
		typeVersion: 1,
		position: [0, 0],
		parameters: {},
	};
	const types: Record<string, INodeType> = { agent: { description: AGENT }, [tool.type]: asTool() };
	const workflow = new Workflow({
		id: 'workflow1',
		nodes: [agent, tool],
		connections: {
			[tool.name]: { ai_tool: [[{ node: agent.name, type: 'ai_tool', index: 0 }]] },
		},
		active: false,
		nodeTypes: {
			getByName: (type) => types[type],
			getByNameAndVersion: (type) => types[type],
			getKnownTypes: () => ({}),
		},
	});
	const input = { main: [[{ json: {} }]] };
	const executeData: IExecuteData = { data: input, node: agent, source: null };
	const context = new ExecuteContext(
		workflow,
		agent,
		additionalDataFor(run),
		'manual',
		createRunExecutionData(),
		0,
		input.main[0],
		input,
		executeData,
		[],
	);
	const tools = (await context.getInputConnectionData(NodeConnectionTypes.AiTool, 0)) as Tool[];
	return tools[0];
}
