// For tests and the demo, loaded into n8n before anything else: the trigger's looks at its webhook come every
// LOOK_SECONDS, in place of every five minutes. n8n's clock is the real one.
const Module = require('node:module');

const LOOKS = /^\d+ (\*|[0-4]-59\/5) \* \* \* \*$/;
const quick = (expression) =>
	typeof expression === 'string' && LOOKS.test(expression)
		? `*/${process.env.LOOK_SECONDS} * * * * *`
		: expression;

const quickened = (Class) =>
	class extends Class {
		constructor(expression, ...others) {
			super(quick(expression), ...others);
		}
	};

const load = Module._load;
let cron;
Module._load = function (request, ...others) {
	const loaded = load.call(this, request, ...others);
	if (request !== 'cron') return loaded;
	cron ??= {
		...loaded,
		CronJob: quickened(loaded.CronJob),
		CronTime: quickened(loaded.CronTime),
	};
	return cron;
};
