/** One request at a time: whether it is on its way, and why the last was refused. Nothing is shown before the answer. */
import { Refused } from '../api/client';

export class Asking {
  waiting = $state(false);
  refused = $state<string | null>(null);

  /** True when the watch has recorded it. */
  async ask(request: () => Promise<unknown>): Promise<boolean> {
    this.waiting = true;
    this.refused = null;
    try {
      await request();
      return true;
    } catch (error) {
      this.refused = error instanceof Refused ? error.message : String(error);
      return false;
    } finally {
      this.waiting = false;
    }
  }
}
