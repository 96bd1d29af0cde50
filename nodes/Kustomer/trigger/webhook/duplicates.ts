import { sleep } from 'n8n-workflow';
import type { Envelope } from '../../event/envelope';
import type { Turn } from '../memory/duplicates';
import type { Standing } from '../memory/versions';
import type { Settings } from '../settings';
import { warn, type Trigger } from './log';

/** How long a repeat waits for the outcome of the first; Kustomer itself waits a few seconds only. */
const REPEAT_PATIENCE_MS = 8_000;

/** With `acknowledge: finished`, an event whose workflow keeps failing is given up after so many. */
const MOST_FAILURES = 3;

export type Repeat = 'repeat' | 'outdated' | 'notKnownYet' | 'givenUp';

const OUTDATED = 'a newer state of the record was seen before (Skip Outdated Updates)';

/** Either the event is this delivery's, and `settle` is to be told how it ended, or it is a repeat. */
export type Taken =
	| { repeat: undefined; settle: (succeeded: boolean) => void; isAlone: boolean }
	| { repeat: Repeat };

/** What Kustomer's delivery log shows. */
export const REPEAT_WORDS: Readonly<Record<Repeat, string>> = {
	repeat: 'Ignored: duplicate of an event that was received before',
	outdated: `Ignored: filtered out, because ${OUTDATED}`,
	notKnownYet:
		'Try again later: the first delivery of this event, or a newer state of its record, is still being answered',
	givenUp: `Ignored: the workflow did not succeed with this event in ${MOST_FAILURES} tries`,
};

type Event = { key: string; envelope: Envelope };

/** Sees to it that an event starts the workflow once. */
export async function takeTurn(trigger: Trigger, settings: Settings, event: Event): Promise<Taken> {
	if (trigger.isTest) return { repeat: undefined, settle: () => {}, isAlone: true };
	const isFinishing = settings.acknowledge === 'finished';
	if (isFinishing && trigger.memory.failures.of(event.key) >= MOST_FAILURES) {
		return { repeat: 'givenUp' };
	}
	const turn = turnOf(trigger, settings, event.key);
	if (turn?.kind === 'repeat') return { repeat: 'repeat' };
	if (turn?.kind === 'underWay') {
		return { repeat: (await inTime(turn.outcome)) ? 'repeat' : 'notKnownYet' };
	}
	const standing = standingOf(trigger, settings, event.envelope);
	if (standing?.kind === 'outdated' || standing?.kind === 'underWay') {
		const isOutdated = standing.kind === 'outdated' || (await inTime(standing.outcome));
		turn?.settle(isOutdated);
		if (!isOutdated) return { repeat: 'notKnownYet' };
		warn(trigger, 'filtered out', OUTDATED);
		return { repeat: 'outdated' };
	}
	const settle = (succeeded: boolean) => {
		turn?.settle(succeeded);
		standing?.settle(succeeded);
		if (!succeeded && isFinishing) noteFailure(trigger, event.key);
	};
	return { repeat: undefined, settle, isAlone: trigger.memory.failures.of(event.key) > 0 };
}

function turnOf(trigger: Trigger, settings: Settings, key: string): Turn | undefined {
	if (settings.skipDuplicates === 'off') return undefined;
	return trigger.memory.events.turn(key, Date.now());
}

function standingOf(
	trigger: Trigger,
	settings: Settings,
	envelope: Envelope,
): Standing | undefined {
	if (!settings.skipOutdated) return undefined;
	return trigger.memory.versions.take(envelope, Date.now());
}

function noteFailure(trigger: Trigger, key: string): void {
	trigger.memory.failures.note(key);
	if (trigger.memory.failures.of(key) < MOST_FAILURES) return;
	warn(
		trigger,
		'given up',
		`the workflow did not succeed in ${MOST_FAILURES} tries; Kustomer will be told that it arrived, so that one broken step does not switch off all events`,
	);
}

async function inTime(outcome: Promise<boolean>): Promise<boolean> {
	return await Promise.race([outcome, sleep(REPEAT_PATIENCE_MS).then(() => false)]);
}
