import { parsedUrl } from '../../api/host';
import * as words from './publishingWords';

/** As a URL spells them: addresses of this machine, of private networks, and of carriers. */
const PRIVATE_ADDRESS =
	/^((0|10|127|169\.254|192\.168|172\.(1[6-9]|2\d|3[01])|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\.[\d.]+$|\[(::1?\]|::ffff:|f[cd][0-9a-f]{2}:|fe[89ab][0-9a-f]:))/;

/** Names that only the local network knows: those with such an ending, and those without a dot. */
const LOCAL_NAME = /(^|\.)(localhost|local|internal|lan|home|intranet)$|^[^.:]+$/;

/**
 * @param address the URL at which n8n would receive events
 * @returns why Kustomer cannot deliver there, with the remedy; undefined if it can
 */
export function whyUndeliverable(address: string): string | undefined {
	const url = parsedUrl(address);
	if (url === undefined) return words.notAUrl(address);
	const host = url.hostname.replace(/\.$/, '');
	if (LOCAL_NAME.test(host) || PRIVATE_ADDRESS.test(host)) return words.localAddress(url.origin);
	return url.protocol === 'https:' ? undefined : words.notHttps(url.origin);
}
