import { Bounded } from '../../nodes/Kustomer/bounded';

const keysOf = (map: Bounded<unknown>) => ['a', 'b', 'c'].filter((key) => map.has(key));

describe('a bounded map', () => {
	it('forgets the entry that was set longest ago for a new one', () => {
		const map = new Bounded<number>(2);
		map.set('a', 1);
		map.set('b', 2);
		map.set('a', 3);
		map.set('c', 4);
		expect(keysOf(map)).toEqual(['a', 'c']);
		expect(map.get('a')).toBe(3);
		expect(map.get('b')).toBeUndefined();
	});

	it('keeps what is used, and makes it only once', () => {
		const map = new Bounded<object>(2);
		const a = map.use('a', () => ({}));
		map.use('b', () => ({}));
		expect(map.use('a', () => ({}))).toBe(a);
		map.use('c', () => ({}));
		expect(keysOf(map)).toEqual(['a', 'c']);
	});

	it('has room again for what was deleted', () => {
		const map = new Bounded<number>(2);
		map.set('a', 1);
		map.set('b', 2);
		expect(map.delete('a')).toBe(true);
		expect(map.delete('a')).toBe(false);
		map.set('c', 3);
		expect(keysOf(map)).toEqual(['b', 'c']);
	});
});
