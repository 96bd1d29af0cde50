'use strict';

// What both pages share.

const find = (id) => document.getElementById(id);

/** Everything that comes from outside goes in as text, never as HTML. */
function make(tag, traits = {}, ...children) {
	const element = document.createElement(tag);
	for (const [name, value] of Object.entries(traits)) {
		if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
		else if (value !== undefined && value !== false)
			element.setAttribute(name, value === true ? '' : value);
	}
	element.append(
		...children.filter((child) => child !== undefined && child !== null && child !== false),
	);
	return element;
}

function button(text, label, test, press, traits = {}) {
	return make(
		'button',
		{ type: 'button', 'aria-label': label, 'data-test': test, onclick: press, ...traits },
		text,
	);
}

function say(text) {
	find('said').textContent = text;
}

async function call(method, path, body) {
	const reply = await fetch(`/_local/${path}`, {
		method,
		headers: body === undefined ? {} : { 'content-type': 'application/json' },
		body: body === undefined ? undefined : JSON.stringify(body),
	});
	const answer = reply.status === 204 ? undefined : await reply.json();
	if (!reply.ok) throw new Error(answer.errors[0].title ?? answer.errors[0].message);
	return answer;
}

/** Does what a button is for and says what came of it. */
async function act(doing) {
	try {
		say(await doing());
	} catch (error) {
		say(`That did not work: ${error.message}`);
	}
	await refresh();
}
