/** Own symbols on a 26 px frame about the origin. Frame shape is disposition, glyph is class; neither is priority. */
import type { Disposition, Glyph } from '../lib/disposition';

export interface Frame {
  path: string;
  filled: boolean;
  dashed: boolean;
}

const DIAMOND = 'M0-13L13 0L0 13L-13 0Z';
const QUATREFOIL = 'M-6.2-6.2A6.3 6.3 0 0 1 6.2-6.2A6.3 6.3 0 0 1 6.2 6.2A6.3 6.3 0 0 1-6.2 6.2A6.3 6.3 0 0 1-6.2-6.2Z';
const CIRCLE = 'M-11 0A11 11 0 1 1 11 0A11 11 0 1 1-11 0Z';
const SQUARE = 'M-10-10H10V10H-10Z';

export const FRAMES: Record<Disposition, Frame> = {
  hostile: { path: DIAMOND, filled: true, dashed: false },
  suspicious: { path: DIAMOND, filled: false, dashed: false },
  unknown: { path: QUATREFOIL, filled: false, dashed: false },
  pending: { path: QUATREFOIL, filled: false, dashed: true },
  friendly: { path: CIRCLE, filled: true, dashed: false },
  assumed_friendly: { path: CIRCLE, filled: false, dashed: true },
  neutral: { path: SQUARE, filled: false, dashed: false },
};

export interface GlyphShape {
  fill: string;
  stroke: string;
  /** Turned to the track's course. */
  turns: boolean;
}

const rotor = (x: number, y: number): string => `M${x - 2} ${y}a2 2 0 1 1 4 0a2 2 0 1 1-4 0Z`;

export const GLYPHS: Record<Glyph, GlyphShape> = {
  wing: { fill: 'M0-6.8L6.4 5L0 2L-6.4 5Z', stroke: '', turns: true },
  multi: {
    fill: rotor(-4.3, -4.3) + rotor(4.3, -4.3) + rotor(-4.3, 4.3) + rotor(4.3, 4.3),
    stroke: 'M-4-4L4 4M4-4L-4 4',
    turns: false,
  },
  plane: {
    fill: 'M0-7.6L1.3-5.4V-1.9L7.2 1.5V3.3L1.3 1.8L1 4.9L3.1 6.5V7.6L0 6.8L-3.1 7.6V6.5L-1 4.9L-1.3 1.8L-7.2 3.3V1.5L-1.3-1.9V-5.4Z',
    stroke: '',
    turns: true,
  },
  bird: { fill: '', stroke: 'M-7-2.2Q-3.2-4.6 0 2.4Q3.2-4.6 7-2.2', turns: false },
  query: { fill: '', stroke: 'M-2.8-2.9Q-2.6-5.6 0.1-5.6Q3-5.6 3-3Q3-1.3 1.2-0.3Q0 0.5 0 2.1M0 5V5.4', turns: false },
};
