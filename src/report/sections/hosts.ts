/** What came from which host. */
import type { HostRow } from '../data.ts';
import { type Html, html } from '../html.ts';
import { bytesText, countText, plural, timeText } from '../text.ts';

export function hostsSection(hosts: readonly HostRow[], left: number): Html {
  return html`<section id="hosts" aria-labelledby="hosts-title">
<h2 id="hosts-title">Hosts</h2>
<div class="scroll" role="region" aria-labelledby="hosts-title" tabindex="0"><table>
<thead><tr><th scope="col">Host</th><th scope="col" class="number">Addresses</th><th scope="col" class="number">In the folder</th><th scope="col" class="number">Duplicates</th><th scope="col" class="number">Left out</th><th scope="col" class="number">Failed</th><th scope="col" class="number">Bytes</th><th scope="col" class="number">Median time</th></tr></thead>
<tbody>${hosts.map(row)}</tbody></table></div>
${left > 0 && html`<p>Another ${plural(left, 'host')} with fewer addresses are left out here.</p>`}
</section>`;
}

function row({
  host,
  addresses,
  saved,
  duplicates,
  filtered,
  failed,
  bytes,
  medianMs,
}: HostRow): Html {
  const counts = [addresses, saved, duplicates, filtered, failed].map(
    (count) => html`<td class="number">${countText(count)}</td>`,
  );
  return html`<tr><th scope="row"><bdi>${host}</bdi></th>${counts}<td class="number">${bytesText(bytes)}</td><td class="number">${medianMs === undefined ? '–' : timeText(medianMs)}</td></tr>
`;
}
