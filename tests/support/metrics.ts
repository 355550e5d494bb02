/** One line of what Prometheus reads. */
export type Sample = {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
};

const LINE = /^([a-z][a-z0-9_]*)(?:\{(.*)\})? (\S+)$/;

/** @throws Error at a line that Prometheus could not read either. */
export function samplesIn(text: string): readonly Sample[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, name = '', labels = '', value] = LINE.exec(line) ?? [];
      if (name === '') throw new Error(`This is no sample: ${line}`);
      const pairs = [...labels.matchAll(/([a-z_]+)="([^"]*)"/g)].map(([, key = '', held = '']): [string, string] => [
        key,
        held,
      ]);
      return { name, labels: Object.fromEntries(pairs), value: Number(value) };
    });
}

/** The value of a sample with these labels, whatever others it has; undefined where there is none. */
export function valueIn(text: string, name: string, labels: Sample['labels'] = {}): number | undefined {
  return samplesIn(text).find(
    (sample) => sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
  )?.value;
}
