/** `imgtrawl verify`: re-hashes a folder against its catalog; with --repair puts right what can be. */
import { TrawlError } from '../../errors.ts';
import { createInspector } from '../../inspect/mod.ts';
import { download } from '../../pipeline/download.ts';
import { lookWith } from '../../pipeline/look-file.ts';
import { planRepair, type Repair } from '../../pipeline/repair.ts';
import {
  Catalog,
  type Finding,
  type Folder,
  folderAt,
  lockFolder,
  rebuildCatalog,
  verifyFolder,
} from '../../store/mod.ts';
import type { Command, CommandContext } from '../command.ts';
import { jsonLines, textLines } from '../present.ts';

export const verify: Command = async (context) => {
  const { args, flags, signal } = context;
  const folder = folderAt(args[0] as string);
  if (flags.repair !== true) {
    using catalog = Catalog.open(folder.catalog, { readOnly: true });
    const found = await compare(folder, catalog, context);
    return found.some(({ state }) => state !== 'unknown') ? 1 : 0;
  }
  const repair = await plan(folder, context);
  const { output } = context;
  for (const file of repair.setAside) output.note(`The changed file was set aside: ${file}`);
  for (const file of repair.orphans) output.failure(`${file}: no address is known for it`);
  if (repair.found.length === 0) return repair.orphans.length > 0 ? 1 : 0;
  const options = {
    ...context.options,
    ...(repair.linked && { onDuplicate: 'hardlink' as const }),
    out: args[0] as string,
  };
  const summary = await download([], options, {
    signal,
    found: repair.found,
    watch: [output.json ? jsonLines(output) : textLines(output)],
  });
  return summary.failed > 0 || repair.orphans.length > 0 ? 1 : 0;
};

/** Under the lock, which the fetching then takes for itself. */
async function plan(folder: Folder, context: CommandContext): Promise<Repair> {
  using _lock = await lockFolder(folder, { signal: context.signal });
  using catalog = await openOrRebuild(folder, context);
  return planRepair(await compare(folder, catalog, context), folder, catalog);
}

async function compare(
  folder: Folder,
  catalog: Catalog,
  { output, signal }: CommandContext,
): Promise<Finding[]> {
  const wrong: Finding[] = [];
  let good = 0;
  for await (const finding of verifyFolder(folder, catalog, { signal })) {
    if (output.json) output.record(finding);
    if (finding.state === 'ok') {
      good++;
      continue;
    }
    wrong.push(finding);
    if (output.json) continue;
    const text = `${finding.file} is ${finding.state}`;
    if (finding.state === 'unknown') output.line(text);
    else output.failure(text);
  }
  const count = (state: Finding['state']) => wrong.filter((one) => one.state === state).length;
  const counts = (['missing', 'changed', 'unknown'] as const).map(
    (state) => `${count(state)} ${state}`,
  );
  output.line(`${good} files are as they were, ${counts.join(', ')}`);
  return wrong;
}

/** A damaged catalog is set aside, and a new one made from the files. */
async function openOrRebuild(
  folder: Folder,
  { options, output, signal }: CommandContext,
): Promise<Catalog> {
  try {
    return Catalog.open(folder.catalog);
  } catch (error) {
    if (!(error instanceof TrawlError) || error.code !== 'catalog') throw error;
    output.note(`${error.message}. Making a new one from the files`);
  }
  await using inspector = createInspector({
    signal,
    ...(options.workers && { workers: options.workers }),
  });
  const { images, addresses, setAside } = await rebuildCatalog(folder, {
    look: lookWith(inspector),
    window: inspector.window,
    signal,
  });
  output.note(
    `The new catalog knows ${images} images and ${addresses} addresses; the old one is ${setAside}`,
  );
  return Catalog.open(folder.catalog);
}
