/** Log-in, users and sessions over the API. */
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

const end = (path: string): Promise<null> => ask<null>(path, { method: 'DELETE' });
const named = (name: string): string => `/users/${encodeURIComponent(name)}`;

export const getSession = (): Promise<SessionView> => ask<SessionView>('/session');
export const logIn = (name: string, password: string): Promise<SessionView> =>
  send<SessionView>('/session', { name, password });
export const logOut = (): Promise<null> => end('/session');
export const startFirst = (link: string, name: string, password: string): Promise<SessionView> =>
  send<SessionView>('/session/first', { link, name, password });
export const changePassword = (old: string, next: string): Promise<SessionView> =>
  send<SessionView>('/session/password', { old, new: next });
/** A second person's word for one request; `act` is `POST /api/v1/…`. */
export const confirmSecond = (name: string, password: string, act: string): Promise<SecondWord> =>
  send<SecondWord>('/session/confirm', { name, password, act });

export const getSessions = (): Promise<{ sessions: OpenSession[] }> => ask('/sessions');
export const endSession = (id: string): Promise<null> => end(`/sessions/${encodeURIComponent(id)}`);
export const getUsers = (): Promise<Users> => ask<Users>('/users');
export const addUser = (user: { name: string; role: Role; mandate_roles: string[]; password: string }): Promise<User> =>
  send<User>('/users', user);
export const changeUser = (
  name: string,
  change: { role?: Role; mandate_roles?: string[]; disabled?: boolean },
): Promise<User> => send<User>(named(name), change);
export const resetPassword = (name: string, password: string): Promise<User> =>
  send<User>(`${named(name)}/password`, { password });

export const openOperator = (track: string, note: string): Promise<Operator> =>
  send<Operator>(`/tracks/${encodeURIComponent(track)}/operator`, { note });
