import { accessSync, constants } from 'node:fs';
import { afterAll, beforeAll, describe } from '@jest/globals';
import { type Browser, type LaunchOptions, chromium as playwright } from 'playwright-core';

/** The Chromium to test in: CHROMIUM_PATH, else that of Debian's package. Undefined where there is none. */
export const chromium = findChromium(process.env.CHROMIUM_PATH ?? '/usr/bin/chromium');

/** Quiet, with a profile of its own that is deleted, and cut off from the network: what it needs is on this machine. */
export const launchOptions: LaunchOptions = {
  executablePath: chromium,
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-proxy-server',
    '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
  ],
};

/** @throws Error saying what to install where there is no Chromium. */
export async function launchChromium(): Promise<Browser> {
  if (chromium === undefined) throw new Error(`No Chromium was found. ${HOW_TO_GET_ONE}`);
  return playwright.launch(launchOptions);
}

/**
 * Tests that need a browser: one for all of them, which `tests` asks for within each test. Where no Chromium is found
 * they are skipped and say so; under CI they fail instead.
 */
export function describeInChromium(name: string, tests: (browser: () => Browser) => void): void {
  if (chromium === undefined && process.env.CI === undefined) {
    const why = `skipped: no Chromium was found. ${HOW_TO_GET_ONE}`;
    process.stderr.write(`${name}: ${why}\n`);
    describe.skip(`${name} (${why})`, () => tests(noBrowser));
    return;
  }
  describe(name, () => {
    let browser: Browser | undefined;
    beforeAll(async () => {
      browser = await launchChromium();
    });
    afterAll(() => browser?.close());
    tests(() => browser ?? noBrowser());
  });
}

const HOW_TO_GET_ONE = "Install Debian's package chromium, or set CHROMIUM_PATH to one.";

function noBrowser(): never {
  throw new Error('The browser is there within a test only.');
}

function findChromium(path: string): string | undefined {
  try {
    accessSync(path, constants.X_OK);
    return path;
  } catch {
    return undefined;
  }
}
