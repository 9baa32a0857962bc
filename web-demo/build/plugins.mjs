// What the page needs beyond Vite: the core and the worker as texts, the policy in the document, one file.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

import { build } from 'vite';

import { packed } from './pack.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);

/** `virtual:core`: the core, packed. `virtual:worker`: the worker's script, which a Blob makes a worker of. */
export function parts() {
  const core = readFileSync(require.resolve('kettle-verify/kettle_verify.wasm'));
  const { literal, pairs } = packed(core);
  // A minifier would write control characters as escapes, so it sees a mark, and the core comes after it. The
  // mark has the core's digest, so that names that are made of contents change with it.
  const mark = `core ${createHash('sha256').update(core).digest('hex')}`;
  const names = new Map([
    ['virtual:core', () => `export const pairs = ${JSON.stringify(pairs)};\nexport default '${mark}';\n`],
    ['virtual:worker', async () => `export default ${JSON.stringify(await worker()).replaceAll('<', '\\x3c')};\n`],
  ]);
  return {
    name: 'kettle-parts',
    resolveId: (id) => (names.has(id) ? `\0${id}` : undefined),
    load: (id) => names.get(id.slice(1))?.(),
    generateBundle: (_, bundle) => place(bundle, new RegExp(`(["'\`])${mark}\\1`), literal),
  };
}

/** Puts the core where its mark is. */
function place(bundle, mark, literal) {
  const chunks = Object.values(bundle).filter(({ code }) => code !== undefined && mark.test(code));
  if (chunks.length !== 1) throw new Error(`the core belongs into one file and not into ${chunks.length}`);
  // A function, since `$&` in a replacement has a meaning and may occur in the core.
  chunks[0].code = chunks[0].code.replace(mark, () => literal);
}

async function worker() {
  const { output } = [
    await build({
      root,
      configFile: false,
      logLevel: 'warn',
      plugins: [withoutFetch()],
      build: {
        write: false,
        copyPublicDir: false,
        target: 'es2022',
        lib: { entry: 'src/worker.ts', formats: ['iife'], name: 'kettle', fileName: 'worker' },
      },
    }),
  ].flat()[0];
  return output[0].code;
}

/** The package's entry for the web looks for the core beside itself; here it is handed over. */
function withoutFetch() {
  const beside = /new URL\((["'`])\.\/kettle_verify\.wasm\1, ?import\.meta\.url\)/;
  return {
    name: 'kettle-without-fetch',
    enforce: 'pre',
    transform(code, id) {
      if (!id.endsWith('/web.js')) return undefined;
      if (!beside.test(code)) throw new Error('the entry of `kettle-verify` for the web has changed');
      return code.replace(beside, 'undefined');
    },
  };
}

const POLICY = {
  'default-src': ["'none'"],
  'connect-src': ["'none'"],
  'script-src': ["'wasm-unsafe-eval'"],
  'style-src': [],
  'img-src': ['data:'],
  'worker-src': ['blob:'],
  'base-uri': ["'none'"],
  'form-action': ["'none'"],
  'require-trusted-types-for': ["'script'"],
  'trusted-types': ['kettle'],
};

/** The tag of the content security policy, `added` to by directive. */
function policy(added) {
  const lines = Object.entries({ ...POLICY, ...added }).map(([name, values]) =>
    [name, ...new Set([...(POLICY[name] ?? []), ...values])].join(' '),
  );
  return `<meta http-equiv="Content-Security-Policy" content="${lines.join('; ')}">`;
}

/**
 * The page with the policy at its beginning, which names the hashes of what is inside; only how the page is written
 * comes before it.
 */
function guarded(page, added, { scripts = [], styles = [] }) {
  const charset = '<meta charset="utf-8">';
  if (!page.includes(charset)) throw new Error(`the page has no ${charset}`);
  const inside = [...page.matchAll(/<script>(.*?)<\/script>/g)].map(([, script]) => script);
  const tag = policy({
    ...added,
    'script-src': [...(added['script-src'] ?? []), ...[...inside, ...scripts].map(hash)],
    'style-src': [...(added['style-src'] ?? []), ...styles.map(hash)],
  });
  return page.replace(charset, `${charset}\n    ${tag}`);
}

/** For a static host: files of the same origin, and a service worker that keeps them. */
export function hosted() {
  return {
    name: 'kettle-hosted',
    apply: 'build',
    transformIndexHtml: { order: 'post', handler: (page, { bundle }) => styled(page, bundle) },
    // After Vite has put the document among the files, so that the version changes with it.
    generateBundle: { order: 'post', handler: keep },
  };
}

/** The document with its style inside, so that nothing has to be waited for before it paints. */
function styled(page, bundle) {
  const link = /\s*<link rel="stylesheet"[^>]*href="\.\/(index-[^"]*)"[^>]*>/;
  const [tag, name] = link.exec(page) ?? [];
  if (tag === undefined) throw new Error('the page has no style');
  const style = bundle[name].source.trim();
  delete bundle[name];
  const self = ["'self'"];
  const added = { 'script-src': self, 'style-src': self, 'img-src': self, 'worker-src': self, 'manifest-src': self };
  return guarded(page, added, { styles: [style] }).replace(tag, () => `\n    <style>${style}</style>`);
}

function keep(_, bundle) {
  const files = Object.values(bundle);
  const names = ['./', 'icon.svg', 'manifest.webmanifest', ...Object.keys(bundle).filter((name) => !name.endsWith('.html'))];
  const digest = createHash('sha256');
  for (const file of files) digest.update(file.code ?? file.source);
  const source = readFileSync(new URL('../src/offline.js', import.meta.url), 'utf8')
    .replace('__FILES__', JSON.stringify(names))
    .replace('__VERSION__', JSON.stringify(digest.digest('hex').slice(0, 16)));
  this.emitFile({ type: 'asset', fileName: 'offline.js', source });
}

/** For a USB stick: one document with everything in it, whose policy names the hash of each part. */
export function single() {
  // After Vite has replaced the marks that it leaves in scripts.
  return { name: 'kettle-single', apply: 'build', enforce: 'post', generateBundle: { order: 'post', handler: join } };
}

function join(_, bundle) {
  const files = Object.values(bundle);
  const script = files.find(({ type }) => type === 'chunk').code.trim();
  const style = files.find(({ fileName }) => fileName.endsWith('.css')).source.trim();
  const page = files.find(({ fileName }) => fileName.endsWith('.html'));
  const icon = readFileSync(new URL('../public/icon.svg', import.meta.url)).toString('base64');
  // Functions, since `$&` in a replacement has a meaning and may occur in a script.
  page.source = guarded(page.source, {}, { scripts: [script], styles: [style] })
    .replaceAll(/\s*<link rel="(?:stylesheet|manifest|modulepreload)"[^>]*>/g, '')
    .replace(/href="[^"]*icon\.svg"/, () => `href="data:image/svg+xml;base64,${icon}"`)
    .replace(/\s*<script[^>]*src=[^>]*><\/script>/, '')
    .replace('</head>', () => `  <style>${style}</style>\n  </head>`)
    .replace('</body>', () => `  <script type="module">${script}</script>\n  </body>`);
  for (const { fileName } of files) if (fileName !== page.fileName) delete bundle[fileName];
}

function hash(text) {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
