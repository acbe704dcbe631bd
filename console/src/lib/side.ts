/** Which desk this page speaks to: the watch's, or, with ?exercise in the address, that of the exercise beside it. */
export const LIVE = '/api/v1';
const BESIDE = '/api/v1/exercise';

export const isOnExercise = (search: string): boolean => new URLSearchParams(search).has('exercise');

export const onExercise = typeof location !== 'undefined' && isOnExercise(location.search);
export const API = onExercise ? BESIDE : LIVE;

/** The page on the other side. A whole new page: nothing of the one is kept in the other. */
export const OTHER_SIDE = onExercise ? '/' : '/?exercise#/';

export function streamOf(side: string): string {
  return `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${side}/stream`;
}
