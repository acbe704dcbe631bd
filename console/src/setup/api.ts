/** The site file's requests. */
import { ask, send } from '../api/client';
import type { SiteCheck, SiteFile, SiteVersion } from '../api/types';
import type { components } from '../api/schema';

type Schemas = components['schemas'];
export type Edit = Schemas['SetKey'] | Schemas['AddTable'] | Schemas['RemoveTable'];
export type VersionText = Schemas['VersionTextView'];

export interface Texts {
  toml: string;
  geometry: string | null;
}

export interface Person {
  by: string;
  role: string;
  note: string;
}

export const getFile = (): Promise<SiteFile> => ask<SiteFile>('/site/file');

export const check = (texts: Texts): Promise<SiteCheck> => send<SiteCheck>('/site/check', texts);

export const edit = (texts: Texts, edits: readonly Edit[]): Promise<SiteCheck> =>
  send<SiteCheck>('/site/edit', { ...texts, edits });

export const apply = (texts: Texts, base: string, person: Person): Promise<SiteFile> =>
  send<SiteFile>('/site/apply', { ...texts, base_sha256: base, ...person });

export type SiteMerge = Schemas['SiteMergeView'];

/** A draft upon what was changed since its version; changes nothing. */
export const merge = (texts: Texts, base: string): Promise<SiteMerge> =>
  send<SiteMerge>('/site/merge', { ...texts, base_sha256: base });

export const getVersions = async (): Promise<SiteVersion[]> =>
  (await ask<{ versions: SiteVersion[] }>('/site/versions')).versions;

export const getVersion = (sha256: string): Promise<VersionText> => ask<VersionText>(`/site/versions/${sha256}`);

export const goBack = (sha256: string, base: string, person: Person): Promise<SiteFile> =>
  send<SiteFile>(`/site/versions/${sha256}/return`, { base_sha256: base, ...person });

/** Before there is a watch: where the new folder will be. Not in the watch's own API document. */
export const firstStart = (): Promise<{ beside: string; timezones: string[] }> => ask('/first-start');

export const create = (made: { folder: string; site: Texts }): Promise<{ file: string }> => send('/first-start', made);

/** Whether a watch answers at this address. */
export const isWatching = async (): Promise<boolean> => {
  try {
    return (await fetch('/api/v1/health', { signal: AbortSignal.timeout(2000) })).ok;
  } catch {
    return false;
  }
};
