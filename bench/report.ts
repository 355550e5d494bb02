/** One figure beside its goal, for the table at the end. */
export type Goal = {
  readonly measured: string;
  readonly figure: string;
  readonly goal: string;
  readonly met: boolean;
};

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Hands a figure to whoever started this measurement together with others. */
export function report(goal: Goal): void {
  process.send?.(goal);
  // A library that listens for messages must not keep a finished measurement waiting for one.
  process.channel?.unref();
}

/** @param share From 0 to 1: 0.5 is the median. */
export function quantile(values: readonly number[], share: number): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length * share)] ?? 0;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export type Timed<T> = {
  readonly result: T;
  /** Milliseconds. */
  readonly ms: number;
};

export async function timed<T>(work: () => T | Promise<T>): Promise<Timed<T>> {
  const start = performance.now();
  const result = await work();
  return { result, ms: performance.now() - start };
}
