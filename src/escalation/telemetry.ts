/** What a server spends its time on: an answer to an activity, a card on its way, a look for work, a call of the desk. */
export const OPERATIONS = ['turn', 'delivery', 'pass', 'desk'] as const;
export type Operation = (typeof OPERATIONS)[number];

/** Is told what a server does as it happens, in words of the code alone: never a name, and nothing that anybody wrote. */
export type Telemetry = {
  /**
   * Does some work, and measures it.
   * @param kind What sort of it, from a short list.
   * @param resultOf What came of it, from a short list too. Work that throws has `failed`.
   */
  measure<T>(operation: Operation, kind: string, work: () => Promise<T>, resultOf: (value: T) => string): Promise<T>;
};

export const FAILED = 'failed';

export const UNMEASURED: Telemetry = { measure: (_operation, _kind, work) => work() };
