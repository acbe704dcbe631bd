/** What each screen is made of. Watch is in the main bundle; the others are loaded when they are opened. */
import type { Component } from 'svelte';
import type { ScreenName } from './screens';
import WatchScreen from './WatchScreen.svelte';

export const LOAD: Readonly<Record<ScreenName, () => Component | Promise<{ default: Component }>>> = {
  '': () => WatchScreen,
  timeline: () => import('./timeline/TimelineScreen.svelte'),
  setup: () => import('./setup/SetupScreen.svelte'),
  incident: () => import('./incident/IncidentScreen.svelte'),
  respond: () => import('./respond/RespondScreen.svelte'),
  'hand-over': () => import('./handover/HandOverScreen.svelte'),
  exercise: () => import('./exercise/ExerciseScreen.svelte'),
  access: () => import('./access/AccessScreen.svelte'),
  record: () => import('./record/RecordScreen.svelte'),
  history: () => import('./history/HistoryScreen.svelte'),
};
