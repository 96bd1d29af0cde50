import { refuseTooLarge, sizeHint } from '../../../../nodes/Kustomer/actions/inboundHook/size';

describe('the size of a post', () => {
	it.each([0, 399_999, 400_000])('%i bytes may go out', (bytes) =>
		expect(() => refuseTooLarge(bytes)).not.toThrow(),
	);
	it('400,001 bytes may not, and the message has both numbers', () =>
		expect(() => refuseTooLarge(400_001)).toThrow(/400,001 bytes.*at most 400,000/));

	it('is hinted at from 90 % on', () => {
		expect(sizeHint([1, 359_999])).toBeUndefined();
		expect(sizeHint([1, 360_000])).toMatch(/^One post is close.*360,000/);
		expect(sizeHint([399_000, 360_000])).toMatch(/^2 posts are close.*399,000/);
	});
});
