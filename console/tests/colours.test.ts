/** Colours as the tokens have them: words can be read, and nothing rests on hue alone for who sees no red, green or blue. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Disposition } from '../src/lib/disposition';
import { FRAMES } from '../src/symbols/shapes';
import { text } from '../src/text';

type Colour = readonly [number, number, number];
const css = readFileSync(new URL('../src/tokens.css', import.meta.url), 'utf8');

function block(selector: string): Record<string, string> {
  const at = css.indexOf(`${selector}{`);
  const inner = css.slice(at, css.indexOf('\n}', at)).replace(/\/\*[^]*?\*\//g, '');
  return Object.fromEntries([...inner.matchAll(/--([\w-]+):\s*([^;]+);/g)].map(([, name = '', value = '']) => [name, value.trim()]));
}

const night = block(':root');
const MODES: Record<string, Record<string, string>> = {
  night,
  day: { ...night, ...block('[data-mode=day]') },
  red: { ...night, ...block('[data-mode=red]') },
};

function colour(mode: string, name: string): Colour {
  const value = MODES[mode]?.[name] ?? '';
  const other = /^var\(--([\w-]+)\)$/.exec(value)?.[1];
  if (other) return colour(mode, other);
  expect(value, `${mode} ${name}`).toMatch(/^#[0-9A-F]{6}$/i);
  return [1, 3, 5].map((at) => parseInt(value.slice(at, at + 2), 16) / 255) as unknown as Colour;
}

const linear = (v: number): number => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
const luminance = (c: Colour): number => 0.2126 * linear(c[0]) + 0.7152 * linear(c[1]) + 0.0722 * linear(c[2]);
function contrast(a: Colour, b: Colour): number {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

/** Severity 1, applied to linear RGB: the matrices of Machado, Oliveira and Fernandes, 2009. */
const SIGHT: Record<string, readonly (readonly number[])[]> = {
  protanopia: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  deuteranopia: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
  tritanopia: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
};

/** CIELAB of what such an eye sees, D65. */
function lab(c: Colour, sight: readonly (readonly number[])[]): Colour {
  const [r = 0, g = 0, b = 0] = sight.map((row) => Math.min(1, Math.max(0, row.reduce((sum, k, i) => sum + k * linear(c[i] ?? 0), 0))));
  const f = (t: number): number => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
  const [x, y, z] = [(0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047, 0.2126 * r + 0.7152 * g + 0.0722 * b, (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883];
  return [116 * f(y) - 16, 500 * (f(x) - f(y)), 200 * (f(y) - f(z))];
}

const DISPOSITIONS = Object.keys(FRAMES) as Disposition[];
const token = (of: Disposition, kind: 'd' | 't'): string => `${kind}-${of === 'assumed_friendly' ? 'assumed' : of}`;
const SURFACES = ['bg-panel', 'bg-raised', 'bg-hover', 'bg-inset', 'bg-app'];

describe.each(Object.keys(MODES))('in %s light', (mode) => {
  it('the word of a disposition can be read on every surface', () => {
    for (const one of DISPOSITIONS) {
      const words = MODES[mode]?.[token(one, 't')] ? token(one, 't') : token(one, 'd');
      for (const ground of SURFACES) expect(contrast(colour(mode, words), colour(mode, ground)), `${one} on ${ground}`).toBeGreaterThanOrEqual(4.5);
    }
  });

  it('the faintest text can be read on every surface, since what is old has it', () => {
    for (const ground of SURFACES) expect(contrast(colour(mode, 'text-3'), colour(mode, ground)), ground).toBeGreaterThanOrEqual(4.5);
  });

  it.each(Object.keys(SIGHT))('an unseen priority 1 stands out by lightness with %s', (name) => {
    const sight = SIGHT[name] ?? [];
    const lightness = (of: string): number => lab(colour(mode, of), sight)[0];
    expect(Math.abs(lightness('p1') - lightness('bg-panel'))).toBeGreaterThan(25);
    expect(Math.abs(lightness('on-p1') - lightness('p1'))).toBeGreaterThan(25);
  });
});

describe('dispositions without their hue', () => {
  it('each have a frame, a filling or a stroke of their own, and a word', () => {
    const looks = DISPOSITIONS.map((one) => `${FRAMES[one].path} ${FRAMES[one].filled} ${FRAMES[one].dashed}`);
    expect(new Set(looks).size).toBe(DISPOSITIONS.length);
    expect(new Set(DISPOSITIONS.map((one) => text.disposition(one))).size).toBe(DISPOSITIONS.length);
  });

  /** In red light all are of one hue by intent: there the frame alone tells. 7: three times what is just noticed in CIELAB. */
  it.each(['night', 'day'].flatMap((mode) => Object.keys(SIGHT).map((name) => [mode, name] as const)))(
    'are still 7 apart in CIELAB in %s light with %s',
    (mode, name) => {
      const seen = DISPOSITIONS.map((one) => [one, lab(colour(mode, token(one, 'd')), SIGHT[name] ?? [])] as const);
      for (const [a, p] of seen)
        for (const [b, q] of seen) if (a < b) expect(Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]), `${a} and ${b}`).toBeGreaterThan(7);
    },
  );
});
