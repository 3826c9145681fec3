/** Opens reports in Chromium, and notes whatever such a page must not do. */
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';

const CHROMIUM = '/usr/bin/chromium';
export const hasChromium = existsSync(CHROMIUM);

export const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });

export interface Opened {
  readonly page: Page;
  /** Messages of the console, errors and broken policies included. */
  readonly said: string[];
  /** Addresses asked for that are no files; none of them was let through. */
  readonly left: string[];
  /** Dialogs, and pages that were opened. */
  readonly popups: string[];
}

export async function open(browser: Browser, path: string, width = 1200): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width, height: 900 } });
  const page = await context.newPage();
  const opened: Opened = { page, said: [], left: [], popups: [] };
  page.on('console', (message) => opened.said.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => opened.said.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => {
    opened.popups.push(dialog.message());
    void dialog.dismiss();
  });
  context.on('page', (other) => opened.popups.push(other.url()));
  await context.route('**', (route) => {
    const url = route.request().url();
    if (/^(?:file|data):/.test(url)) return route.continue();
    opened.left.push(url);
    return route.abort();
  });
  await page.goto(pathToFileURL(path).href);
  return opened;
}
