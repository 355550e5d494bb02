/** The longest wait before a server that does not answer is asked again, in milliseconds. */
const LONGEST_MS = 30_000;

/** As much of what is asked again and again as counts here. */
type Asked = { readonly state: { readonly status: string; readonly errorUpdateCount: number } };

/** How long to wait before asking again, in milliseconds: after each failure in a row twice as long. */
export function patiently(ms: number): (asked: Asked) => number {
  return ({ state: { status, errorUpdateCount } }) =>
    status === 'error' ? Math.max(ms, Math.min(ms * 2 ** (errorUpdateCount - 1), LONGEST_MS)) : ms;
}

/** To be called with each answer: what `patiently` counts is failures in a row. */
export function forgetFailures(asked: Asked & { setState(state: { errorUpdateCount: number }): void }): void {
  if (asked.state.errorUpdateCount > 0) asked.setState({ errorUpdateCount: 0 });
}
