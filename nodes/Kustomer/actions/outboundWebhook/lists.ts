import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';
import { listWebhooks } from '../../api/outboundWebhooks';
import { requireApiKey } from '../credentials';
import { searched } from '../search';

/** The outbound webhooks by their ID; those that are off say so. */
export async function searchWebhooks(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	requireApiKey(this, 'for the list of outbound webhooks');
	const entries = (await listWebhooks(this)).map(({ id, name, url, enabled }) => ({
		name: enabled ? name : `${name} (Off)`,
		value: id,
		description: url,
	}));
	return searched(entries, filter);
}
