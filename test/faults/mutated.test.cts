import fc from 'fast-check';
import { verify } from '../../nodes/Kustomer/event/signature';
import { mutations, validDelivery } from './mutations.cts';
import { record } from './record.cts';

jest.setTimeout(1_800_000);

const FULL = process.env.FAULTS === 'full';
const SECRET = 'a-secret-of-the-usual-length-0123456789abcdef';

it('accepts none of very many spoiled deliveries, and every valid one between them', () => {
	const runs = FULL ? 1_000_000 : 50_000;
	const verdicts: Record<string, number> = {};
	let tried = 0;
	fc.assert(
		fc.property(mutations(SECRET), ({ body, signature }) => {
			const header = Array.isArray(signature) ? signature.join(', ') : signature;
			const verdict = verify(body, header, [SECRET]);
			verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
			if (tried++ % 100 === 0) {
				const valid = validDelivery(SECRET);
				if (verify(valid.body, valid.signature, [SECRET]) !== 'valid') return false;
			}
			return verdict !== 'valid';
		}),
		{ numRuns: runs },
	);
	record('Spoiled deliveries, by verdict', verdicts);
	expect(Object.keys(verdicts).sort()).toEqual(['malformedSignature', 'mismatch', 'noSignature']);
});
