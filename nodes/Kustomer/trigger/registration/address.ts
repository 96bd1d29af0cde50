import { parsedUrl } from '../../api/host';

/** As a URL spells them: addresses of this machine, of private networks, and of carriers' own ones. */
const PRIVATE_ADDRESS =
	/^((0|10|127|169\.254|192\.168|172\.(1[6-9]|2\d|3[01])|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\.[\d.]+$|\[(::1?\]|::ffff:|f[cd][0-9a-f]{2}:|fe[89ab][0-9a-f]:))/;

/** Names that only the own network knows: those with such an ending, and those without a dot. */
const LOCAL_NAME = /(^|\.)(localhost|local|internal|lan|home|intranet)$|^[^.:]+$/;

const REMEDY =
	'Give n8n a public https address, e.g. through a reverse proxy or tunnel, and set the environment variable WEBHOOK_URL to it (e.g. WEBHOOK_URL=https://n8n.example.com/), then restart n8n and publish again.';

/**
 * @param address the URL at which n8n would receive events
 * @returns why Kustomer cannot deliver there, with the remedy; nothing when it can
 */
export function whyUndeliverable(address: string): string | undefined {
	const url = parsedUrl(address);
	if (url === undefined) {
		return `n8n's webhook address "${address}" is not a URL. ${REMEDY}`;
	}
	const host = url.hostname.replace(/\.$/, '');
	if (LOCAL_NAME.test(host) || PRIVATE_ADDRESS.test(host)) {
		return `Kustomer cannot reach this n8n: its webhook address ${url.origin} is local to this machine or network. ${REMEDY}`;
	}
	if (url.protocol !== 'https:') {
		return `Kustomer delivers to https addresses only, and n8n's webhook address is ${url.origin}. ${REMEDY}`;
	}
	return undefined;
}
