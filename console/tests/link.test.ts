import { expect, it } from 'vitest';
import { COVERED_MS, LOOK_MS, isLost } from '../src/lib/link';

it('covers the map within three seconds of silence, whenever the looks fall', () => {
  for (let first = 1; first <= LOOK_MS; first += 1) {
    let now = first;
    while (!isLost(0, now)) now += LOOK_MS;
    expect(now).toBeLessThanOrEqual(COVERED_MS);
  }
});

it('does not take a late heartbeat for a lost link', () => {
  expect(isLost(0, 2000)).toBe(false);
});
