import { whyUndeliverable } from '../../../../nodes/Kustomer/trigger/registration/address';

const PATH = '/webhook/1b2c/webhook';

describe('an address that Kustomer can deliver to', () => {
	it.each([
		'https://n8n.example.com',
		'https://n8n.example.com:8443',
		'https://example.app.n8n.cloud',
		'https://203.0.113.7',
		'https://[2001:db8::7]',
		'https://172.15.0.1',
		'https://172.32.0.1',
		'https://192.169.0.1',
		'https://11.0.0.1',
		'https://100.10.0.1',
		'https://100.63.255.255',
		'https://100.128.0.1',
		'https://n8n.example.com.',
		'https://[2600::1]',
		'https://localhost.example.com',
		'https://local.example.com',
		'https://mylocalhost.com',
		'https://10.example.com',
		'https://127.0.example.com',
		'https://192.168.example.com',
	])('%s is', (origin) => {
		expect(whyUndeliverable(`${origin}${PATH}`)).toBeUndefined();
	});
});

describe('an address on this machine or network', () => {
	it.each([
		'https://localhost',
		'https://localhost:5678',
		'http://localhost:5678',
		'https://LOCALHOST',
		'https://n8n.localhost',
		'https://127.0.0.1',
		'https://127.1.2.3:5678',
		'https://127.1',
		'https://2130706433',
		'https://0.0.0.0',
		'https://10.0.0.1',
		'https://10.255.255.255',
		'https://192.168.0.1',
		'https://192.168.178.20:5678',
		'https://172.16.0.1',
		'https://172.20.10.2',
		'https://172.31.255.255',
		'https://169.254.169.254',
		'https://[::1]',
		'http://[::1]:5678',
		'https://[0:0:0:0:0:0:0:1]',
		'https://[fd00::1]',
		'https://[fc12::1]',
		'https://[fe80::1]',
		'https://n8n.local',
		'https://nas.lan',
		'https://n8n.internal',
		'https://n8n.home',
		'https://n8n.intranet',
		'https://localhost.',
		'https://n8n.local.',
		'https://[::]',
		'https://[::ffff:127.0.0.1]',
		'https://[::ffff:10.0.0.1]',
		'https://[febf::1]',
		'https://100.64.0.1',
		'https://100.99.1.2',
		'https://100.110.1.2',
		'https://100.127.255.254',
		'https://n8n',
		'https://n8n.',
		'https://my-server:5678',
	])('%s is refused as local, with the remedy', (origin) => {
		const words = whyUndeliverable(`${origin}${PATH}`);
		expect(words).toMatch(/cannot reach this n8n/);
		expect(words).toMatch(/WEBHOOK_URL/);
	});
});

describe('an address that is not safe or none', () => {
	it('is refused when it is http, with the remedy', () => {
		const words = whyUndeliverable(`http://n8n.example.com${PATH}`);
		expect(words).toMatch(/https addresses only/);
		expect(words).toMatch(/http:\/\/n8n\.example\.com/);
		expect(words).toMatch(/WEBHOOK_URL/);
	});

	it.each(['ftp://n8n.example.com', 'ws://n8n.example.com'])(
		'is refused when it is %s',
		(origin) => {
			expect(whyUndeliverable(`${origin}${PATH}`)).toMatch(/https addresses only/);
		},
	);

	it.each(['', 'n8n.example.com/webhook', '/webhook/1b2c/webhook', 'https://', 'undefined'])(
		'is refused as not a URL when it is %j',
		(address) => {
			const words = whyUndeliverable(address);
			expect(words).toMatch(/is not a URL/);
			expect(words).toMatch(/WEBHOOK_URL/);
		},
	);

	it('is told about without its path, which holds a random id', () => {
		expect(whyUndeliverable(`http://n8n.example.com${PATH}`)).not.toContain('1b2c');
		expect(whyUndeliverable(`https://localhost${PATH}`)).not.toContain('1b2c');
	});
});
