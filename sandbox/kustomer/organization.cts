/** The one organization that a local Kustomer holds. */
export type Organization = {
	/** 24 hex digits. */
	id: string;
	name: string;
	/** First part of the sign-in address: `acme` for https://acme.kustomerapp.com. */
	subdomain: string;
};

export const MADE_UP_ORGANIZATION: Organization = {
	id: '66b0c0ffee5a4d0bca7f1e01',
	name: 'teapot-works',
	subdomain: 'teapot-works',
};

export type Relationship = { links: { self: string }; data?: { type: string; id: string } };

/**
 * @param type JSON:API type, e.g. `user`
 * @param id the other record's id
 * @param plural the word in its address, e.g. `companies`, where adding an "s" does not give it
 * @returns a JSON:API relationship as Kustomer writes them
 */
export function relationship(type: string, id: string, plural = `${type}s`): Relationship {
	return { links: { self: `/v1/${plural}/${id}` }, data: { type, id } };
}
