/** One HTML page that needs nothing but itself and the images beside it. */
import { hash } from 'node:crypto';
import type { ReportData } from './data.ts';
import { Html, html } from './html.ts';
import { SCRIPT } from './script.ts';
import { duplicatesSection } from './sections/duplicates.ts';
import { failuresSection } from './sections/failures.ts';
import { gallerySection } from './sections/gallery.ts';
import { hostsSection } from './sections/hosts.ts';
import { runsSection } from './sections/runs.ts';
import { timelineSection } from './sections/timeline.ts';
import { STYLE } from './style.ts';
import { bytesText, countText, dateText } from './text.ts';

export interface PageParts {
  readonly title: string;
  readonly body: Html;
  /** Runs after the body. Default: none. */
  readonly script?: string;
}

/**
 * Nothing is loaded but images, from this machine or out of the page itself; only this very script and
 * style are used. Chromium counts a file's neighbours as `file:`, not as 'self'.
 */
export function page({ title, body, script }: PageParts): Html {
  const policy = [
    "default-src 'none'",
    "img-src 'self' file: data:",
    `style-src ${hashOf(STYLE)}`,
    `script-src ${script === undefined ? "'none'" : hashOf(script)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${new Html(STYLE)}</style>
</head>
<body>
${body}
${script !== undefined && html`<script>${new Html(script)}</script>`}
</body>
</html>
`;
}

export function reportHtml(data: ReportData): string {
  const { title, made, counts, files, bytes } = data;
  const facts: [string, string, string?][] = [
    ['Images in the folder', countText(files)],
    ['Bytes', bytesText(bytes)],
    ['Duplicates', countText(counts.duplicate), '#duplicates'],
    ['Left out', countText(counts.filtered)],
    ['Failed', countText(counts.failed), '#failures'],
  ];
  const body = html`<a class="skip" href="#gallery">Skip to the images</a>
<header>
<h1><bdi>${title}</bdi></h1>
<p class="note">Report of <time datetime="${new Date(made).toISOString()}">${dateText(made)}</time> by imgtrawl</p>
<dl class="facts">${facts.map(
    ([name, value, link]) =>
      html`<div><dt>${link === undefined ? name : html`<a href="${link}">${name}</a>`}</dt><dd>${value}</dd></div>`,
  )}</dl>
<nav aria-label="Parts of the report"><ul><li><a href="#gallery">Images</a></li><li><a href="#duplicates">Duplicates</a></li><li><a href="#failures">Failures</a></li><li><a href="#hosts">Hosts</a></li><li><a href="#timeline">Timeline</a></li><li><a href="#runs">Runs</a></li></ul></nav>
</header>
<main>
${gallerySection(data.items, data.itemsLeft)}
${duplicatesSection(data.groups, data.groupsLeft)}
${failuresSection(data.failures)}
${hostsSection(data.hosts, data.hostsLeft)}
${timelineSection(data.timeline)}
${runsSection(data.runs)}
</main>`;
  return page({ title: `${title} – imgtrawl report`, body, script: SCRIPT }).text;
}

const hashOf = (text: string): string => `'sha256-${hash('sha256', text, 'base64')}'`;
