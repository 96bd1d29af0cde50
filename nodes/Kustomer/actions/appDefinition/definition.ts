import { parsedUrl } from '../../api/host';
import { EVENT_NAMES } from '../../event/catalog';
import { InputMistake } from '../itemErrors';

/**
 * The part of a Kustomer app's definition that concerns hooks and webhooks.
 * Source: https://developer.kustomer.com/kustomer-apps-platform/docs/hooks and …/outbound-webhooks
 */
export type AppDefinition = {
	app: string;
	version: string;
	title: string;
	hooks: AppHook[];
	outboundWebhooks: AppWebhook[];
};

export type AppHook = {
	eventName: string;
	displayEventName: string;
	description: string;
	type: string;
};

export type AppWebhook = {
	name: string;
	url: string;
	headers: Array<{ name: string; value: string }>;
	events: string[];
};

/** Only events of this beginning reach workflows. */
const EVENT_PREFIX = 'kustomer.app.';

const LONGEST_URL_CHARACTERS = 255;

const HOOK_TYPES: readonly string[] = ['web', 'form', 'email'];

/**
 * @returns the definition as Kustomer takes it
 * @throws InputMistake naming everything that Kustomer would refuse, so that it is corrected at once
 */
export function checkedAppDefinition(definition: AppDefinition): AppDefinition {
	const mistakes = [
		...ofApp(definition),
		...definition.hooks.flatMap(ofHook),
		...definition.outboundWebhooks.flatMap(ofWebhook),
		...repeated(definition.hooks.map(({ eventName }) => eventName)).map(
			(name) => `Two hooks have the event name "${name}"; each needs its own.`,
		),
		...repeated(definition.outboundWebhooks.map(({ name }) => name)).map(
			(name) => `Two outbound webhooks have the name "${name}"; each needs its own.`,
		),
	];
	if (mistakes.length > 0) throw new InputMistake(mistakes.join(' '));
	return definition;
}

function ofApp({ app, version, title, hooks, outboundWebhooks }: AppDefinition): string[] {
	return [
		!/^[\w-]+$/.test(app) &&
			'The app needs a name of letters, digits, hyphens and underscores in "App", e.g. acme_orders.',
		!/^\d+\.\d+\.\d+$/.test(version) &&
			'The version must be three numbers with points in "Version", e.g. 1.0.0.',
		title === '' && 'The app needs a title in "Title", under which people find it.',
		hooks.length + outboundWebhooks.length === 0 &&
			'There is nothing to declare yet: add a hook or an outbound webhook.',
	].filter((mistake) => mistake !== false);
}

function ofHook({ eventName, displayEventName, type }: AppHook): string[] {
	const hook = `The hook "${displayEventName || eventName}"`;
	return [
		(!eventName.startsWith(EVENT_PREFIX) || !/^[\w-]+(\.[\w-]+)+$/.test(eventName)) &&
			`${hook} needs an event name that begins with ${EVENT_PREFIX}, e.g. ${EVENT_PREFIX}acme_orders.order.update: only those reach workflows.`,
		displayEventName === '' && `${hook} needs a display name, which people see in workflows.`,
		!HOOK_TYPES.includes(type) && `${hook} must be of the type web, form or email.`,
	].filter((mistake) => mistake !== false);
}

function ofWebhook({ name, url, headers, events }: AppWebhook): string[] {
	const webhook = `The outbound webhook "${name || url}"`;
	const known: readonly string[] = EVENT_NAMES;
	const unknown = events.filter((event) => !known.includes(event));
	return [
		name === '' && `${webhook} needs a name.`,
		parsedUrl(url)?.protocol !== 'https:' && `${webhook} needs a URL that begins with https://.`,
		url.length > LONGEST_URL_CHARACTERS &&
			`The URL of ${webhook.replace('The', 'the')} has ${url.length} characters; Kustomer takes at most ${LONGEST_URL_CHARACTERS}.`,
		events.length === 0 && `${webhook} needs at least one event.`,
		unknown.length > 0 &&
			`${webhook} names events that Kustomer does not have: ${unknown.join(', ')}. Known are: ${known.join(', ')}.`,
		headers.some((header) => !/^[\w-]+$/.test(header.name)) &&
			`${webhook} has a header whose name is not made of letters, digits and hyphens.`,
	].filter((mistake) => mistake !== false);
}

function repeated(names: readonly string[]): string[] {
	return [...new Set(names.filter((name, place) => name !== '' && names.indexOf(name) !== place))];
}
