/** The last runs into the folder. */
import type { RunRow } from '../../store/mod.ts';
import { type Html, html, type Part } from '../html.ts';
import { dateText, timeText } from '../text.ts';

const MOST_SOURCES = 5;

export function runsSection(runs: readonly RunRow[]): Html {
  return html`<section id="runs" aria-labelledby="runs-title">
<h2 id="runs-title">Runs</h2>
<div class="scroll" role="region" aria-labelledby="runs-title" tabindex="0"><table>
<thead><tr><th scope="col">Started</th><th scope="col" class="number">Took</th><th scope="col">Outcome</th><th scope="col">Sources</th></tr></thead>
<tbody>${runs.toReversed().map(row)}</tbody></table></div>
</section>`;
}

function row({ started, ended, outcome = 'did not end', sources }: RunRow): Html {
  return html`<tr><td>${dateText(started)}</td><td class="number">${ended === undefined ? '–' : timeText(ended - started)}</td><td>${outcome}</td><td class="address">${sourcesText(sources)}</td></tr>
`;
}

function sourcesText(sources: readonly string[]): Part {
  const left = sources.length - MOST_SOURCES;
  const shown = sources.slice(0, MOST_SOURCES);
  return [
    shown.map((source, at) => html`${at > 0 && ', '}<bdi>${source}</bdi>`),
    left > 0 && ` and ${left} more`,
  ];
}
