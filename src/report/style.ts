/** The look of the report. Colours follow the system's light or dark; contrasts are 4.5 : 1 or more. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #fbfaf8; --panel: #ffffff; --frame: #eceae5; --line: #d9d5cc;
  --text: #1d1c1a; --soft: #625e57; --link: #0b5cad; --accent: #0f766e; --step: #b45309;
  --good: #0f766e; --bad: #b3261e; --odd: #8a5a00;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #161513; --panel: #201f1c; --frame: #2b2925; --line: #3d3a34;
    --text: #eeebe4; --soft: #aea89c; --link: #86b8f0; --accent: #4fc3b5; --step: #f0a35a;
    --good: #5cc8ba; --bad: #ff9a8f; --odd: #e6b567;
  }
}
* { box-sizing: border-box; }
html { scroll-behavior: smooth; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body {
  margin: 0 auto; max-width: 84rem; padding: 1.25rem clamp(0.75rem, 3vw, 2.5rem) 4rem;
  background: var(--ground); color: var(--text); font: 0.9375rem/1.5 system-ui, sans-serif;
}
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 1.25rem; margin: 0 0 0.75rem; }
h3 { font-size: 1rem; margin: 0 0 0.5rem; overflow-wrap: anywhere; }
p { margin: 0 0 0.75rem; max-width: 70ch; }
section { padding-top: 2.25rem; }
a { color: var(--link); text-underline-offset: 0.15em; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.skip { position: absolute; left: -99rem; }
.skip:focus { position: static; }
.note { color: var(--soft); font-size: 0.8125rem; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.address { overflow-wrap: anywhere; font-size: 0.8125rem; }
.facts { display: flex; flex-wrap: wrap; gap: 0.75rem 2rem; margin: 1rem 0; }
.facts dt { color: var(--soft); font-size: 0.8125rem; }
.facts dd { margin: 0; font-size: 1.375rem; font-weight: 600; font-variant-numeric: tabular-nums; }
header nav ul { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; list-style: none; margin: 0; padding: 0.5rem 0; border-block: 1px solid var(--line); }
header nav a { display: inline-block; padding: 0.25rem 0; }

form { display: flex; flex-wrap: wrap; gap: 0.75rem; align-items: end; margin-bottom: 0.75rem; }
label { display: grid; gap: 0.25rem; font-size: 0.8125rem; color: var(--soft); flex: 0 1 auto; min-width: 0; }
label:first-child { flex: 1 1 16rem; }
input, select, button {
  font: inherit; font-size: 0.9375rem; color: var(--text); background: var(--panel);
  border: 1px solid var(--soft); border-radius: 0.375rem; padding: 0.375rem 0.625rem; min-height: 2.25rem;
}
input, select { width: 100%; max-width: 20rem; text-overflow: ellipsis; }
label:first-child input { max-width: none; }
button { cursor: pointer; }
button:disabled { color: var(--soft); border-color: var(--line); cursor: default; }

#cards { list-style: none; margin: 0; padding: 0; display: grid; gap: 1.25rem 1rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 12rem), 1fr)); }
.card { display: flex; flex-direction: column; min-width: 0; content-visibility: auto; contain-intrinsic-size: auto 16rem; }
.frame {
  display: grid; place-items: center; width: 100%; aspect-ratio: 4 / 3; padding: 0; overflow: hidden;
  background: var(--frame); border: 1px solid var(--line); border-radius: 0.5rem; margin-bottom: 0.375rem;
}
.card .frame img { width: 100%; height: 100%; object-fit: contain; }
.none { color: var(--soft); font-size: 0.8125rem; padding: 0.5rem; text-align: center; overflow-wrap: anywhere; }
.card .name { display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.card .address { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden; }
.status { font-size: 0.8125rem; color: var(--soft); overflow-wrap: anywhere; }
.status.saved, .status.unchanged { color: var(--good); }
.status.failed { color: var(--bad); }
.status.duplicate, .status.filtered { color: var(--odd); }
#pager { display: flex; gap: 1rem; align-items: center; justify-content: center; margin-top: 1.5rem; }
#pager[hidden] { display: none; }

dialog {
  width: min(96vw, 80rem); max-height: 94vh; padding: 1rem; overflow: auto;
  color: var(--text); background: var(--panel); border: 1px solid var(--line); border-radius: 0.75rem;
}
dialog::backdrop { background: rgb(0 0 0 / 0.7); }
.stage { display: grid; place-items: center; background: var(--frame); border-radius: 0.5rem; margin-bottom: 0.75rem; min-height: 8rem; }
.stage img { max-width: 100%; max-height: 65vh; object-fit: contain; }
dl#viewer-facts { display: grid; grid-template-columns: max-content 1fr; gap: 0.25rem 1rem; margin: 0 0 1rem; }
#viewer-facts dt { color: var(--soft); }
#viewer-facts dd { margin: 0; overflow-wrap: anywhere; }
.buttons { display: flex; gap: 0.5rem; flex-wrap: wrap; }
#viewer-close { margin-left: auto; }

.group { padding: 1rem 0; border-top: 1px solid var(--line); content-visibility: auto; contain-intrinsic-size: auto 18rem; }
.copies { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(min(calc(50% - 0.5rem), 15rem), 1fr)); }
.copy { margin: 0; min-width: 0; }
.copy .frame img { width: auto; height: auto; max-width: 100%; max-height: 100%; object-fit: contain; }
.copy .frame { height: 12rem; aspect-ratio: auto; }
.copy .frame a { display: grid; place-items: center; width: 100%; height: 100%; min-height: 0; }
.copy .small { display: none; }
.copy.likeness .small { display: inline; }
.copy.likeness .frame img { width: 100%; height: 100%; }
.copy.kept .frame { border: 2px solid var(--good); }
.copy figcaption { display: grid; gap: 0.125rem; font-size: 0.8125rem; }
.copy figcaption span { color: var(--soft); }

details { border-top: 1px solid var(--line); padding: 0.75rem 0; }
summary { cursor: pointer; padding: 0.125rem 0; }
summary .number { color: var(--soft); margin-left: 0.5rem; }
details p { margin: 0.5rem 0; }
code { font: 0.875em ui-monospace, monospace; background: var(--frame); border-radius: 0.25rem; padding: 0.0625rem 0.3125rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 0.875rem; }
th, td { text-align: left; vertical-align: top; padding: 0.375rem 1.25rem 0.375rem 0; border-bottom: 1px solid var(--line); }
th[scope="col"] { color: var(--soft); font-weight: 500; white-space: nowrap; }
th[scope="row"] { font-weight: 500; }
td.number, th.number { white-space: nowrap; }
th.number { text-align: right; }
td.address { min-width: 14rem; }

.timeline { margin: 1rem 0; }
.timeline figcaption { font-weight: 600; margin-bottom: 0.375rem; }
.timeline svg { display: block; width: 100%; background: var(--panel); border: 1px solid var(--line); border-radius: 0.375rem; }
.staircase { fill: var(--step); }
.overlapped { fill: var(--accent); }
.axis { display: flex; justify-content: space-between; color: var(--soft); font-size: 0.75rem; font-variant-numeric: tabular-nums; margin-top: 0.25rem; }

@media (max-width: 36rem) {
  label { flex: 1 1 28%; }
  label:first-child { flex: 1 1 100%; }
  input, select { max-width: none; padding-inline: 0.375rem; }
  #cards { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 1rem 0.75rem; }
  .facts dd { font-size: 1.125rem; }
  .copy .frame { height: 8rem; }
}
@media print {
  form, #pager, header nav { display: none; }
}
`;
