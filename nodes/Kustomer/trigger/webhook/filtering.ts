import { isChosen } from '../../event/catalog';
import type { Envelope } from '../../event/envelope';
import { whyFiltered } from '../../event/filters';
import { warn, type Trigger } from './log';
import { notesOf } from '../registration/staticData';
import { ownUserOf } from './ownUser';
import type { Settings } from '../settings';

/** @returns why a verified event does not start the workflow, to follow "because"; nothing when it does */
export async function whyDropped(
	trigger: Trigger,
	settings: Settings,
	envelope: Envelope,
): Promise<string | undefined> {
	if (!isChosen(settings.chosen, envelope.name)) {
		return `${envelope.name} is not among the chosen events`;
	}
	if (settings.registration === 'automatic') warnOfOtherOrganization(trigger, envelope);
	const reason = whyFiltered(envelope, settings.filters, Date.now());
	if (reason !== undefined || !settings.ignoreOwnChanges) return reason;
	const user = await ownUserOf(trigger);
	if (user === undefined) return undefined;
	return whyFiltered(envelope, { ...settings.filters, ignoreUserIds: [user] }, Date.now());
}

function warnOfOtherOrganization(trigger: Trigger, envelope: Envelope): void {
	const { orgId } = notesOf(trigger.context);
	if (!orgId || typeof envelope.org !== 'string' || envelope.org === orgId) return;
	warn(
		trigger,
		'accepted from another organization',
		`it is truly signed but comes from organization ${envelope.org.slice(0, 64)}, while the webhook was made in ${orgId}`,
	);
}
