/**
 * What Kustomer's sources leave open or tell differently. The default has the best evidence; tests
 * turn a switch to run the other way too. May be changed at any time.
 */
export type Switches = {
	/** `recorded`: `{ status, source, code, title, detail }` as in real exchanges; `portal`: `{ code, message, meta }`. */
	errors: 'recorded' | 'portal';
	/** The status for a key that lacks the role. */
	missingRole: 401 | 403;
	/** The status for a verb that a resource does not have. */
	wrongVerb: 404 | 405;
	/** What a `pageSize` above the maximum does. */
	pageSizeTooLarge: 'clamp' | 'refuse';
	hookPostStatus: 200 | 201;
	/** Whether a webhook that was made without `enabled` is on. */
	webhookStartsEnabled: boolean;
	/** The status for one outbound webhook too many. */
	webhookLimitStatus: 400 | 409;
};

export const BEST_EVIDENCE: Switches = {
	errors: 'recorded',
	missingRole: 401,
	wrongVerb: 404,
	pageSizeTooLarge: 'clamp',
	hookPostStatus: 200,
	webhookStartsEnabled: true,
	webhookLimitStatus: 400,
};
