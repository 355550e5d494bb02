import type { Frame, Locator, Page } from 'playwright-core';

/** What the browser tests of the desk share: windows, and the people before them. */

export const PHONE = { width: 390, height: 844 };
export const DESKTOP = { width: 1280, height: 800 };

/** A page of the rehearsal that shows somebody's desk, and the desk in its frame. */
export type DeskWindow = { readonly page: Page; readonly desk: Frame };

/**
 * Opens the desk as somebody.
 * @param address where the rehearsal is.
 * @param person by full name.
 * @param view where in the desk, such as `/register`.
 */
export async function opensDesk(page: Page, address: string, person: string, view: string): Promise<DeskWindow> {
  await page.goto(`${address}/sandbox/page/desk.html?${new URLSearchParams({ person, view })}`);
  return { page, desk: await deskIn(page) };
}

/** The desk in a page's frame, once it shows a title. */
export async function deskIn(page: Page): Promise<Frame> {
  const frame = await (await page.waitForSelector('iframe')).contentFrame();
  if (frame === null) throw new Error('The desk stands in a frame.');
  await frame.waitForSelector('h1');
  return frame;
}

/** Somebody's chat with Signpost, or the channel as they see it, in a window of the rehearsal. */
export function paneOf(page: Page, what: string): Locator {
  return page.getByLabel(what, { exact: true });
}

/** Presses the newest button of this name that is drawn. */
export async function presses(where: Locator | Frame, name: string): Promise<void> {
  await where.getByRole('button', { name, exact: true }).last().click();
}

/** Waits until these words can be read there. */
export async function reads(where: Locator | Frame, words: string): Promise<void> {
  await where.getByText(words).filter({ visible: true }).first().waitFor();
}

/** The row of a referral in the register. */
export function rowOf({ desk }: DeskWindow, reference: string): Locator {
  return desk.getByRole('row').filter({ hasText: reference });
}
