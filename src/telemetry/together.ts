import type { Telemetry } from '../escalation/telemetry.ts';

/** Both are told of everything. */
export function together(one: Telemetry, other: Telemetry): Telemetry {
  return {
    measure: (operation, kind, work, resultOf) =>
      one.measure(operation, kind, () => other.measure(operation, kind, work, resultOf), resultOf),
  };
}
