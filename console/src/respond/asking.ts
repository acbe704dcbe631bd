/** A dialog that names an act and who does it; the screen shows one at a time. */
import { createContext } from 'svelte';
import type { Who } from '../api/respond';

export interface Field {
  readonly name: string;
  readonly label: string;
  /** Choices; without them it is a line of text. */
  readonly options?: readonly (readonly [string, string])[];
  readonly long?: boolean;
  readonly value?: string;
}

export interface Asking {
  readonly title: string;
  readonly lead?: string;
  /** The words of the button that does it. */
  readonly does: string;
  readonly fields?: readonly Field[];
  /** Whether the note must be there, and what it is called. */
  readonly why?: string;
  /** Another person's act at this screen: the path of its request, for which that person stands. */
  readonly another?: string;
  act(who: Who, values: Readonly<Record<string, string>>): Promise<unknown>;
}

export const [useAsk, provideAsk] = createContext<(asking: Asking) => void>();
