/** Exercises are begun, ended and judged at the live watch, whichever side this page is on. */
import { LIVE } from '../lib/side';
import { ask, send } from './client';
import type { Evaluation, Exercise, Exercises } from './types';

export interface Order {
  scenario: string;
  title: string;
  by: string;
  simulate_silent: boolean;
}

const one = (id: string): string => `/exercises/${encodeURIComponent(id)}`;

export const getExercises = (): Promise<Exercises> => ask<Exercises>('/exercises', {}, LIVE);
export const getEvaluation = (id: string): Promise<Evaluation> => ask<Evaluation>(`${one(id)}/evaluation`, {}, LIVE);
export const startExercise = (order: Order): Promise<Exercise> => send<Exercise>('/exercises', order, LIVE);
export const stopExercise = (id: string): Promise<Exercise> => send<Exercise>(`${one(id)}/stop`, {}, LIVE);
export const evaluationPage = (id: string): string => `${LIVE}${one(id)}/evaluation.html`;
