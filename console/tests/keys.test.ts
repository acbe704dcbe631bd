import { describe, expect, it } from 'vitest';
import { SCREENS } from '../src/screens';
import { actingKeys } from '../src/state/keys';
import { keyMap, keysOn } from '../src/text/keys';

const PRINTED: Record<string, string[]> = {
  '↑': ['ArrowUp'],
  '↓': ['ArrowDown'],
  '+': ['+', '='],
  '−': ['-'],
  Space: [' '],
  Esc: ['Escape'],
};

/** The printed keys as the browser names them; a range of digits as its digits. */
function named(keys: string): string[] {
  const range = /^(\d) – (\d)$/.exec(keys);
  if (range) return Array.from({ length: Number(range[2]) - Number(range[1]) + 1 }, (_, i) => String(i + Number(range[1])));
  return keys.split(' ').flatMap((key) => PRINTED[key] ?? [key.toLowerCase()]);
}

describe.each(SCREENS.map((screen) => screen.name))('the key map of screen "%s"', (screen) => {
  const printed = keysOn(screen).flatMap((key) => named(key.keys));

  it('gives a key one meaning', () => {
    expect(printed).toEqual([...new Set(printed)]);
  });

  it('names every key that acts', () => {
    const unnamed = actingKeys(screen).filter((key) => !printed.includes(key));
    expect(unnamed).toEqual([]);
  });
});

it('tells its groups and their rows apart', () => {
  expect(new Set(keyMap.map((group) => group.title)).size).toBe(keyMap.length);
  for (const group of keyMap) expect(new Set(group.rows.map((row) => row.keys)).size).toBe(group.rows.length);
});
