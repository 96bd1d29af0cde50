import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

type Arguments = Record<string, unknown>;

/** A call that the model asks for: of the tool of this name, with these arguments, perhaps made from what tools told before. */
export type ToolCall = {
	tool: string;
	arguments: Arguments | ((toldByTools: readonly string[]) => Arguments);
};

type Message = { role: string; content: string };

/** A chat model on this machine that speaks OpenAI's protocol and follows a script. */
export type ChatModel = {
	/** For a credential of the type `openAiApi`. */
	readonly url: string;
	/** Asks for these calls, one after the other, and then says this. */
	follow(script: { calls?: readonly ToolCall[]; says: string }): void;
	/** @returns what the model was told in its last request, people and tools alike */
	heard(): string;
	/** @returns what the tools answered, oldest first */
	toldByTools(): string[];
	/** @returns the names of the tools that the last request offered */
	offered(): string[];
	close(): Promise<void>;
};

export async function startChatModel(): Promise<ChatModel> {
	let calls: readonly ToolCall[] = [];
	let says = '';
	let messages: Message[] = [];
	let tools: string[] = [];
	const ofTools = () => messages.filter(({ role }) => role === 'tool');

	const server = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			const asked = JSON.parse(Buffer.concat(chunks).toString('utf8')) as {
				messages: Message[];
				tools?: Array<{ function: { name: string } }>;
			};
			messages = asked.messages;
			tools = (asked.tools ?? []).map((tool) => tool.function.name);
			const told = ofTools().map(({ content }) => content);
			const next = calls[told.length];
			response.setHeader('content-type', 'application/json');
			response.end(
				JSON.stringify(next === undefined ? reply({ content: says }) : calling(next, told)),
			);
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
		follow: (script) => {
			calls = script.calls ?? [];
			({ says } = script);
		},
		heard: () => messages.map(({ content }) => content).join('\n'),
		toldByTools: () => ofTools().map(({ content }) => content),
		offered: () => tools,
		close: async () => {
			server.closeAllConnections();
			await new Promise<void>((resolve) => server.close(() => resolve()));
		},
	};
}

function calling({ tool, arguments: given }: ToolCall, told: readonly string[]): object {
	const args = typeof given === 'function' ? given(told) : given;
	const call = { name: tool, arguments: JSON.stringify(args) };
	const id = `call-${crypto.randomUUID()}`;
	return reply({ content: null, tool_calls: [{ id, type: 'function', function: call }] });
}

function reply(said: { content: string | null; tool_calls?: object[] }): object {
	return {
		id: 'chat1',
		object: 'chat.completion',
		created: 1,
		model: 'local',
		choices: [
			{
				index: 0,
				message: { role: 'assistant', ...said },
				finish_reason: said.tool_calls === undefined ? 'stop' : 'tool_calls',
			},
		],
		usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
	};
}
