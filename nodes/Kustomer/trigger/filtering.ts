import { isChosen } from '../receive/events';
import type { Envelope } from '../receive/envelope';
import { whyFiltered, type Filters } from '../receive/filters';
import { warn, type Trigger } from './log';
import { notesOf } from './notes';
import type { Settings } from './settings';

/** @returns why a verified event does not start the workflow, to follow "because"; nothing when it does */
export function whyDropped(
	trigger: Trigger,
	settings: Settings,
	envelope: Envelope,
): string | undefined {
	if (!isChosen(settings.chosen, envelope.name)) {
		return `${envelope.name} is not among the chosen events`;
	}
	const filters = withOwnUser(trigger, settings, envelope);
	return whyFiltered(envelope, filters, Date.now());
}

/** Looks at the notes only where they matter, and speaks up when an event is another organization's. */
function withOwnUser(trigger: Trigger, settings: Settings, envelope: Envelope): Filters {
	if (settings.registration !== 'automatic') return settings.filters;
	const notes = notesOf(trigger.context);
	if (notes.orgId && typeof envelope.org === 'string' && envelope.org !== notes.orgId) {
		warn(
			trigger,
			'accepted from another organization',
			`it is truly signed but comes from organization ${envelope.org.slice(0, 64)}, while the webhook was made in ${notes.orgId}`,
		);
	}
	if (!settings.ignoreOwnChanges) return settings.filters;
	if (notes.userId === undefined) {
		warn(
			trigger,
			'accepted without Ignore Own Changes',
			'it is not known which user the API key belongs to; unpublish and publish the workflow to ask Kustomer once more',
		);
		return settings.filters;
	}
	return { ...settings.filters, ignoreUserIds: [...settings.filters.ignoreUserIds, notes.userId] };
}
