/** The centre of a rhythm in words: a time of day, a day and time, or degrees. */
import { historyText as words } from '../text/history';

export function meanWords(of: string, mean: number): string {
  if (of === 'direction') return `${String(Math.round(mean) % 360).padStart(3, '0')}°`;
  const minutes = Math.round(mean * 60) % (of === 'day' ? 1440 : 10_080);
  const clock = `${String(Math.floor(minutes / 60) % 24).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
  return of === 'day' ? clock : `${words.days[Math.floor(minutes / 1440)] ?? ''} ${clock}`;
}
