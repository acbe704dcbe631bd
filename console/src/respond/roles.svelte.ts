/** The mandate as the watch gave it last: measures, and the roles that may order or second them. */
import { getMandate } from '../api/respond';
import type { Mandate } from '../api/types';

class Roles {
  mandate = $state.raw<Mandate | null>(null);

  /** Why it was not answered the last time. */
  why = $state.raw<unknown>(null);

  readonly names = $derived.by(() => {
    const measures = this.mandate?.measures ?? [];
    return [...new Set(measures.flatMap((one) => [...one.roles, ...one.seconds]))];
  });

  /** Ask again; what was known stays where the watch does not answer. */
  async learn(): Promise<void> {
    try {
      this.mandate = await getMandate();
      this.why = null;
    } catch (error) {
      this.why = error;
    }
  }
}

export const roles = new Roles();
export const ordering = $state<{ measure: string | null }>({ measure: null });
