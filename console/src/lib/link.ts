/** How soon a lost link covers the map: silence of LOST_MS, looked for each LOOK_MS; together within COVERED_MS. */
export const LOST_MS = 2500;
export const LOOK_MS = 200;
export const COVERED_MS = 3000;

/** Whether a link last heard of at `heardMs` is lost at `nowMs`; milliseconds of one clock. */
export function isLost(heardMs: number, nowMs: number): boolean {
  return nowMs - heardMs > LOST_MS;
}
