import { olderRoles, type RecordKind } from './record';

/** Source: https://developer.kustomer.com/api/core-resources/get-satisfaction-response */
export const satisfaction: RecordKind = {
	value: 'satisfaction',
	label: 'Satisfaction',
	plural: 'satisfaction responses',
	description: 'How a customer rated a conversation in a satisfaction survey',
	path: '/v1/satisfaction-responses',
	permission: 'satisfaction',
	olderRoles: { read: olderRoles('satisfaction').read },
	lookups: {},
	attributes: [],
	starts: [],
	names: {},
	toolFields: ['status', 'rating', 'score', 'answers', 'sentAt', 'completedAt'],
	foundThrough: 'conversation',
	operations: ['get'],
};
