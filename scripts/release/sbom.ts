/** Bill of materials of the executable, CycloneDX 1.6: what is inside, by name, version and hash. */
interface LockEntry {
  readonly version: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly dependencies?: Record<string, string>;
}

interface Compiled {
  readonly name: string;
  readonly version: string;
  readonly license: string;
}

export interface BomInput {
  /** package-lock.json. */
  readonly lock: string;
  /** Versions of the libraries inside wasm-vips. */
  readonly vips: Readonly<Record<string, string>>;
  /** Libraries that are compiled to WebAssembly here. */
  readonly compiled: readonly Compiled[];
  readonly version: string;
  /** Version of Node. */
  readonly node: string;
  readonly date: Date;
}

export function bom({ lock, vips, compiled, version, node, date }: BomInput): object {
  const { packages } = JSON.parse(lock) as { packages: Record<string, LockEntry> };
  const inside = Object.entries(packages).filter(
    ([path, { dev, devOptional }]) => path !== '' && !dev && !devOptional,
  );
  const refs = new Map(inside.map(([path, entry]) => [path, purl(nameOf(path), entry.version)]));
  const own = `pkg:generic/imgtrawl@${version}`;
  const runtime = `pkg:generic/node@${node}`;
  const vipsRef = [...refs.values()].find((ref) => ref.startsWith('pkg:npm/wasm-vips@'));
  const libraries = Object.entries(vips).map(([name, of]) => ({
    type: 'library',
    'bom-ref': `pkg:generic/${name}@${of}`,
    name,
    version: of,
    purl: `pkg:generic/${name}@${of}`,
  }));
  const codecs = compiled.map(({ name, version: of, license }) => ({
    type: 'library',
    'bom-ref': `pkg:generic/${name}@${of}#compiled`,
    name,
    version: of,
    purl: `pkg:generic/${name}@${of}`,
    licenses: [license.includes(' AND ') ? { expression: license } : { license: { id: license } }],
  }));
  const direct = Object.keys(packages['']?.dependencies ?? {});
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      timestamp: date.toISOString().replace(/\.\d+/, ''),
      component: {
        type: 'application',
        'bom-ref': own,
        name: 'imgtrawl',
        version,
        licenses: [{ license: { id: 'MIT' } }],
      },
    },
    components: [
      { type: 'platform', 'bom-ref': runtime, name: 'node', version: node, purl: runtime },
      ...inside.map(([path, entry]) => component(nameOf(path), entry)).filter(once()),
      ...libraries,
      ...codecs,
    ],
    dependencies: [
      {
        ref: own,
        dependsOn: [
          runtime,
          ...codecs.map((codec) => codec['bom-ref']),
          ...direct.flatMap((name) => refs.get(`node_modules/${name}`) ?? []),
        ],
      },
      ...inside
        .map(([path, { dependencies = {} }]) => {
          const ref = refs.get(path) as string;
          const needs = Object.keys(dependencies).flatMap(
            (name) => resolve(path, name, refs) ?? [],
          );
          const parts = ref === vipsRef ? libraries.map((library) => library['bom-ref']) : [];
          return { ref, dependsOn: [...new Set([...needs, ...parts])].sort() };
        })
        .filter(onceBy(({ ref }) => ref)),
    ],
  };
}

function component(name: string, { version, license, integrity }: LockEntry) {
  const ref = purl(name, version);
  const [algorithm, digest] = integrity?.split('-') ?? [];
  const isExpression = license !== undefined && /[ ()]/.test(license);
  return {
    type: 'library',
    'bom-ref': ref,
    name,
    version,
    purl: ref,
    ...(license && {
      licenses: [isExpression ? { expression: license } : { license: { id: license } }],
    }),
    ...(algorithm === 'sha512' &&
      digest && {
        hashes: [{ alg: 'SHA-512', content: Buffer.from(digest, 'base64').toString('hex') }],
      }),
  };
}

/** As Node finds it: in the folder of the package, then in those around it. */
function resolve(
  path: string,
  name: string,
  refs: ReadonlyMap<string, string>,
): string | undefined {
  for (let at = path; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    const found = refs.get(at === '' ? `node_modules/${name}` : `${at}/node_modules/${name}`);
    if (found !== undefined || at === '') return found;
    if (!at.includes('/node_modules/')) return refs.get(`node_modules/${name}`);
  }
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('node_modules/') + 13);
/** A scope's @ is escaped in package URLs. */
const purl = (name: string, version: string): string =>
  `pkg:npm/${name.replace(/^@/, '%40')}@${version}`;

/** The same version may be installed in several places. */
const once = () => onceBy((one: { 'bom-ref': string }) => one['bom-ref']);

function onceBy<T>(keyOf: (one: T) => string): (one: T) => boolean {
  const seen = new Set<string>();
  return (one) => !seen.has(keyOf(one)) && Boolean(seen.add(keyOf(one)));
}
