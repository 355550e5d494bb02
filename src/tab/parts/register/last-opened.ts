/** A referral that was opened, and the list that it was opened from. */
type Opened = { readonly from: string; readonly reference: string };

let last: Opened | undefined;

export function noteOpened(opened: Opened): void {
  last = opened;
}

/** The reference that was opened last from a list, so that coming back begins there. */
export function lastOpenedFrom(from: string): string | undefined {
  return last?.from === from ? last.reference : undefined;
}

/** Once the reader is back, the next time begins at the top. */
export function forgetOpened(): void {
  last = undefined;
}
