import { describe, expect, it } from 'vitest';
import { SINGLE_MOST, lines, slices } from '../src/lib/groups';
import { queue } from '../src/lib/order';
import { choices } from '../src/lib/reasons';
import { alert } from './samples';

const many = (n: number, rule: string, priority = 3) =>
  Array.from({ length: n }, (_, at) => alert({ alert: `${rule}-${String(at).padStart(4, '0')}`, rule, priority }));
const none: string[] = [];

describe('a long queue', () => {
  it('shows few alerts one by one, whatever their priority', () => {
    const few = [...many(9, 'uav', 1), ...many(SINGLE_MOST, 'low')];
    expect(lines(few, none).map((one) => one.alert)).toEqual(few);
  });
  it('shows priority 1 and 2 in full, and many others by rule with their number', () => {
    const all = [...many(300, 'low', 3), ...many(3, 'uav', 1), ...many(199, 'log', 4), ...many(2, 'soon', 2), ...many(1, 'lone', 3)];
    const found = lines(all, none);
    expect(found.slice(0, 5).map((one) => one.alert?.priority)).toEqual([1, 1, 1, 2, 2]);
    expect(found.slice(5).map((one) => [one.rule, one.many, one.alert?.alert ?? null])).toEqual([
      ['low', 300, null],
      ['log', 199, null],
      ['lone', 1, 'lone-0000'],
    ]);
    expect(found.flatMap((one) => one.shown)).toHaveLength(6);
  });
  it('shows the alerts of an opened rule below it', () => {
    const found = lines([...many(4, 'low'), ...many(4, 'log', 4)], ['log']);
    expect(found.map((one) => one.key)).toEqual(['rule low', 'rule log', 'log-0000', 'log-0001', 'log-0002', 'log-0003']);
    expect(new Set(found.map((one) => one.key)).size).toBe(found.length);
  });
  it('is cut into slices that hold all of it', () => {
    expect(slices([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
    expect(slices([], 2)).toEqual([]);
  });
});

describe('what is dismissed, and what waits for a word', () => {
  const seen = { acknowledged_utc: '2021-09-11T20:42:10.000Z', acknowledged_by: 'x' };
  const said = (until_utc: string) => ({ reason: 'bird', note: '', by: 'x', at_utc: '', until_utc }) as const;
  it('stands in sections of its own, and in no count of open alerts', () => {
    const found = queue([
      alert({ alert: 'later', state: 'dismissed', ...seen, dismissal: said('2021-09-11T20:55:00.000Z') }),
      alert({ alert: 'first', state: 'dismissed', ...seen, dismissal: said('2021-09-11T20:52:00.000Z') }),
      alert({ alert: 'note', state: 'awaiting_note', ...seen, cleared_utc: '2021-09-11T20:44:00.000Z' }),
      alert({ alert: 'gone', state: 'closed', ...seen, cleared_utc: '2021-09-11T20:43:00.000Z' }),
    ]);
    expect(found.dismissed.map((one) => one.alert)).toEqual(['first', 'later']);
    expect(found.awaiting.map((one) => one.alert)).toEqual(['note']);
    expect([found.open, found.acknowledged, found.hero]).toEqual([[], [], null]);
    expect(found.lastClosed?.alert).toBe('gone');
  });
  it('shouts again when it is back', () => {
    expect(queue([alert({ state: 'raised', acknowledged_utc: null })]).hero?.alert).toBe('test-A-0001');
  });
});

it('has a key for each reason, and one for what was real where it is over', () => {
  expect(choices(false).map(([key]) => key).join('')).toBe('1234567');
  expect(choices(true)[0]).toEqual(['0', 'real']);
  expect(new Set(choices(true).map(([, reason]) => reason)).size).toBe(8);
});
