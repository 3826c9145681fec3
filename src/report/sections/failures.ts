/** What failed, by cause, with what can be done about it. */
import type { FailureGroup } from '../data.ts';
import { type Html, html, linkTo } from '../html.ts';
import { countText, plural } from '../text.ts';

export function failuresSection(groups: readonly FailureGroup[]): Html {
  const count = groups.reduce((sum, group) => sum + group.count, 0);
  return html`<section id="failures" aria-labelledby="failures-title">
<h2 id="failures-title">Failures</h2>
<p>${count === 0 ? 'Nothing failed.' : `${plural(count, 'address', 'addresses')} failed when last asked for.`}</p>
${groups.map((group) => cause(group, groups.length === 1 || group.count <= 10))}
</section>`;
}

function cause({ code, meaning, advice, count, rows }: FailureGroup, open: boolean): Html {
  const left = count - rows.length;
  return html`<details${open && html` open`}>
<summary><code>${code}</code> ${meaning} <span class="number">${countText(count)}</span></summary>
<p>${advice}</p>
<div class="scroll" role="region" aria-label="Failures: ${code}" tabindex="0"><table>
<thead><tr><th scope="col">Address</th><th scope="col">What happened</th><th scope="col" class="number">Tries</th><th scope="col">Named by</th></tr></thead>
<tbody>${rows.map(
    ({
      url,
      message,
      attempts,
      page,
    }) => html`<tr><td class="address">${linkTo(url)}</td><td><bdi>${withoutUrl(message, url)}</bdi></td><td class="number">${attempts}</td><td class="address">${page && linkTo(page)}</td></tr>
`,
  )}</tbody></table></div>
${left > 0 && html`<p>Another ${countText(left)} are left out here.</p>`}
</details>
`;
}

/** The address stands in its own column already. */
const withoutUrl = (message: string, url: string): string =>
  message.startsWith(`${url} `) ? message.slice(url.length + 1) : message;
