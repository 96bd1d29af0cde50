import { isRecord, recordOf, textOf } from '../../narrowing';
import { InputMistake } from '../itemErrors';
import type { Operation } from '../operation';
import { Access } from './access';
import { outputOf } from './output';
import { satisfaction } from './satisfaction';

/** Kustomer has no list of responses to surveys: a conversation names its own. */
export const getSatisfaction: Operation = {
	name: 'Get',
	value: 'get',
	action: 'Get satisfaction of conversation',
	description:
		'Read how the customer rated a conversation, and what they wrote, e.g. to tell the team of a bad rating',
	credential: 'kustomerApi',
	properties: [],
	async perItem(item) {
		const access = new Access(item, satisfaction);
		const conversations = access.of('conversation');
		const { id, record } = await conversations.meant();
		const { attributes } = record ?? (await conversations.read(id));
		const response = idIn(recordOf(attributes.satisfactionLevel).formResponse);
		if (response === '') {
			throw new InputMistake(
				`The conversation ${id} has no satisfaction survey: none was sent to the customer.`,
			);
		}
		const found = await access.read(response);
		const { rating, score, answers } = found.attributes;
		const output = await outputOf(access, found);
		return { ...output, rating: rating ?? null, score: score ?? null, comment: commentIn(answers) };
	},
};

function idIn(response: unknown): string {
	return isRecord(response) ? textOf(response.id) : textOf(response);
}

/** The words among the answers: how an answer is written is not documented. */
function commentIn(answers: unknown): string | null {
	const words = (Array.isArray(answers) ? answers : []).flatMap((entry: unknown) => {
		const answer = isRecord(entry) ? (entry.answer ?? entry.value ?? entry.text) : entry;
		return typeof answer === 'string' && /\p{L}/u.test(answer) ? [answer.trim()] : [];
	});
	return words.length === 0 ? null : words.join('\n');
}
