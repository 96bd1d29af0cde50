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
	/** Whether a list tells who edited a webhook last. */
	webhookEditor: 'told' | 'hidden';
	/** The status for one outbound webhook too many. */
	webhookLimitStatus: 400 | 409;
	/** The status for an e-mail, phone or external id that another customer has. */
	duplicateStatus: 409 | 400;
	/** A second conversation, message, company or custom object with the same `externalId`. */
	sameExternalId: 'accept' | 409 | 400;
	/** Whether a customer's company is unlinked by an update that leaves it out. */
	unlinkCompanyWhenOmitted: boolean;
	/** Stamps in a body from a key without `org.admin`. */
	foreignStamps: 'ignore' | 'refuse';
	/** A queue given as an id instead of `{ id }`. */
	bareQueueId: 'accept' | 'refuse';
	/** What a customer who was merged away is answered with. */
	mergedCustomer: 404 | 'target';
	/** How long search does not see a write. */
	searchLagMs: number;
	/** Whether rows with equal sort values change places between requests. */
	shuffleTies: boolean;
	/** The last page of a search; 0: no end. */
	mostSearchPages: number;
	/** The last row that a search reaches; 0: no end. */
	mostSearchRows: number;
	/** The last page of a plain list; 0: no end. */
	mostListPages: number;
	/** What is answered beyond these. */
	beyondSearchWindow: 400 | 'empty';
	/** Whether search refuses to sort by what the documentation does not list. */
	documentedSortsOnly: boolean;
	/** Whether `idsOnly` gives `{ type, id }` or the bare ids. */
	idsOnly: 'objects' | 'strings';
	/** Whether a conversation's history has the ids of the events that were delivered. */
	historyIds: 'same' | 'own';
	bulkStatus: 201 | 200;
	/** How long a bulk job takes before its first batch is done. */
	bulkJobMs: number;
	/** Items of a bulk request that contain this text are refused; empty: none. */
	bulkRefuses: string;
	/** Items of a bulk request that contain this text are carried out, but its results leave them out. */
	bulkForgets: string;
	/** Whether results of a bulk request are listed, or only ids and errors, as before there were any. */
	bulkResults: 'listed' | 'idsOnly';
	draftStatus: 200 | 201;
	/** How long a draft that is sent at once stays a draft. */
	sendDelayMs: number;
	/** Whether a draft without a send time stays one. */
	draftsWithoutTime: 'keep' | 'send';
	/** Whether a new draft takes the place of an older one in the conversation, on the same channel. */
	draftsPerConversation: 'many' | 'one';
};

export const BEST_EVIDENCE: Switches = {
	errors: 'recorded',
	missingRole: 401,
	wrongVerb: 404,
	pageSizeTooLarge: 'clamp',
	hookPostStatus: 200,
	webhookStartsEnabled: true,
	webhookEditor: 'told',
	webhookLimitStatus: 400,
	duplicateStatus: 409,
	sameExternalId: 'accept',
	unlinkCompanyWhenOmitted: true,
	foreignStamps: 'ignore',
	bareQueueId: 'accept',
	mergedCustomer: 404,
	searchLagMs: 0,
	shuffleTies: true,
	mostSearchPages: 100,
	mostSearchRows: 10_000,
	mostListPages: 0,
	beyondSearchWindow: 400,
	documentedSortsOnly: false,
	idsOnly: 'objects',
	historyIds: 'same',
	bulkStatus: 201,
	bulkJobMs: 0,
	bulkRefuses: '',
	bulkForgets: '',
	bulkResults: 'listed',
	draftStatus: 200,
	sendDelayMs: 20,
	draftsWithoutTime: 'keep',
	draftsPerConversation: 'many',
};
