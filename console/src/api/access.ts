/** Log-in, users and sessions over the API. */
import { LIVE } from '../lib/side';
import { ask, send } from './client';
import type { components } from './schema';

type Schemas = components['schemas'];
export type SessionView = Schemas['SessionView'];
export type Who = Schemas['WhoView'];
export type Right = Who['rights'][number];
export type Role = Who['role'];
export type User = Schemas['UserView'];
export type Users = Schemas['UsersView'];
export type OpenSession = Schemas['OpenSessionView'];
export type SecondWord = Schemas['SecondView'];
export type Operator = Schemas['OperatorView'];

const end = (path: string): Promise<null> => ask<null>(path, { method: 'DELETE' }, LIVE);
const named = (name: string): string => `/users/${encodeURIComponent(name)}`;

export const getSession = (): Promise<SessionView> => ask<SessionView>('/session', {}, LIVE);
export const logIn = (name: string, password: string): Promise<SessionView> =>
  send<SessionView>('/session', { name, password }, LIVE);
export const logOut = (): Promise<null> => end('/session');
export const startFirst = (link: string, name: string, password: string): Promise<SessionView> =>
  send<SessionView>('/session/first', { link, name, password }, LIVE);
export const changePassword = (old: string, next: string): Promise<SessionView> =>
  send<SessionView>('/session/password', { old, new: next }, LIVE);
/** A second person's word for one request; `act` is `POST /api/v1/…`. */
export const confirmSecond = (name: string, password: string, act: string): Promise<SecondWord> =>
  send<SecondWord>('/session/confirm', { name, password, act }, LIVE);

export const getSessions = (): Promise<{ sessions: OpenSession[] }> => ask('/sessions', {}, LIVE);
export const endSession = (id: string): Promise<null> => end(`/sessions/${encodeURIComponent(id)}`);
export const getUsers = (): Promise<Users> => ask<Users>('/users', {}, LIVE);
export const addUser = (user: { name: string; role: Role; mandate_roles: string[]; password: string }): Promise<User> =>
  send<User>('/users', user, LIVE);
export const changeUser = (
  name: string,
  change: { role?: Role; mandate_roles?: string[]; disabled?: boolean },
): Promise<User> => send<User>(named(name), change, LIVE);
export const resetPassword = (name: string, password: string): Promise<User> =>
  send<User>(`${named(name)}/password`, { password }, LIVE);

export const openOperator = (track: string, note: string): Promise<Operator> =>
  send<Operator>(`/tracks/${encodeURIComponent(track)}/operator`, { note });
