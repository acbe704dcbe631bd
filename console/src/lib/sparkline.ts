/** A course of values over time as one line of an SVG, and the least and most of it. */
export interface Sample {
  /** Seconds, ascending. */
  s: number;
  value: number | null;
}

export interface Line {
  path: string;
  least: number;
  most: number;
}

/** null with fewer than two known values. least_span: the values' span is drawn at least this large, so that noise looks small. */
export function sparkline(samples: readonly Sample[], width: number, height: number, leastSpan: number): Line | null {
  const known = samples.filter((one): one is { s: number; value: number } => one.value !== null);
  const [first, last] = [known[0], known.at(-1)];
  if (!first || !last || first === last || last.s <= first.s) return null;
  const least = Math.min(...known.map((one) => one.value));
  const most = Math.max(...known.map((one) => one.value));
  const span = Math.max(leastSpan, most - least);
  const foot = (least + most - span) / 2;
  const points = known.map(
    (one) =>
      `${(((one.s - first.s) / (last.s - first.s)) * width).toFixed(1)} ${(height - ((one.value - foot) / span) * height).toFixed(1)}`,
  );
  return { path: `M${points.join('L')}`, least, most };
}
