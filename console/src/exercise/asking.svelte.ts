/** What the exercises' screen has asked of the watch: the list, one evaluation, and what came of an order. */
import { Refused } from '../api/client';
import { getEvaluation, getExercises, startExercise, stopExercise, type Order } from '../api/exercises';
import type { Evaluation, Exercise, Exercises } from '../api/types';

const why = (error: unknown): string => (error instanceof Refused ? error.message : String(error));

export class Asking {
  list = $state.raw<Exercises | null>(null);
  failed = $state<string | null>(null);
  busy = $state(false);
  refused = $state<string | null>(null);
  evaluation = $state.raw<Evaluation | null>(null);
  #judged = '';

  readonly running: Exercise | null = $derived(this.list?.exercises.find((one) => one.state === 'running') ?? null);

  async ask(): Promise<void> {
    try {
      this.list = await getExercises();
      this.failed = null;
    } catch (error) {
      this.failed = why(error);
    }
  }

  /** How the crew did, once for each exercise that is over. */
  async judge(exercise: Exercise | null): Promise<void> {
    const wanted = exercise && exercise.state !== 'running' ? exercise.id : '';
    if (wanted === this.#judged) return;
    this.#judged = wanted;
    this.evaluation = null;
    if (!wanted) return;
    try {
      const found = await getEvaluation(wanted);
      if (this.#judged === wanted) this.evaluation = found;
    } catch (error) {
      if (this.#judged !== wanted) return;
      this.#judged = '';
      this.refused = why(error);
    }
  }

  begin(order: Order): Promise<Exercise | null> {
    return this.#act(() => startExercise(order));
  }

  end(id: string): Promise<Exercise | null> {
    return this.#act(() => stopExercise(id));
  }

  async #act(order: () => Promise<Exercise>): Promise<Exercise | null> {
    this.busy = true;
    this.refused = null;
    try {
      return await order();
    } catch (error) {
      this.refused = why(error);
      return null;
    } finally {
      await this.ask();
      this.busy = false;
    }
  }
}
