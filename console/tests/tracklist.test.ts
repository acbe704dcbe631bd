import { describe, expect, it } from 'vitest';
import type { TrackAbout } from '../src/api/types';
import { inOrder, isAsked } from '../src/tracks/list';
import { track } from './samples';

const about = (change: Partial<TrackAbout>): TrackAbout => ({ ...track(), ...change });
const named = (name: string): string => ({ bird: 'Bird', uav_rotary: 'Multirotor' })[name] ?? name;

describe('the list of tracks', () => {
  it('begins with what an officer looks at first', () => {
    const all = [
      about({ track: 's-T-0003', disposition: 'neutral' }),
      about({ track: 's-T-0002', disposition: 'suspicious' }),
      about({ track: 's-T-0001', disposition: 'suspicious' }),
      about({ track: 's-T-0004', disposition: 'hostile' }),
    ];
    expect(inOrder(all).map((one) => one.track)).toEqual(['s-T-0004', 's-T-0001', 's-T-0002', 's-T-0003']);
  });
  it('finds by every word, in id, call sign, identity, class or disposition', () => {
    const one = about({ track: 's-T-0007', callsign: 'TST482', identity: 'icao:4B1A2C', class: 'uav_rotary', disposition: 'assumed_friendly' });
    for (const asked of ['', 't-0007', 'tst', '4b1a', 'multi', 'assumed friendly', 'rotor t-00']) {
      expect(isAsked(one, asked, 's', named)).toBe(true);
    }
    for (const asked of ['bird', 't-0008', 'multi hostile']) expect(isAsked(one, asked, 's', named)).toBe(false);
  });
});
