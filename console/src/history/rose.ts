/** The eighths of the compass, clockwise from north, as the API names them. */
export const OCTANTS = ['n', 'ne', 'e', 'se', 's', 'sw', 'w', 'nw'] as const;
export type Octant = (typeof OCTANTS)[number];

/** The outline of an eighth of a circle about direction `at`, as an SVG path; y grows downward. */
export function sector(at: number, radius: number): string {
  const [from, to] = [at - 0.5, at + 0.5].map((eighths) => (eighths * Math.PI) / 4) as [number, number];
  const point = (turn: number): string => `${(radius * Math.sin(turn)).toFixed(2)} ${(-radius * Math.cos(turn)).toFixed(2)}`;
  return `M0 0L${point(from)}A${radius.toFixed(2)} ${radius.toFixed(2)} 0 0 1 ${point(to)}Z`;
}
