// Compiles assets/ into static/ (committed, so that no Node is needed to run the product).
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import * as esbuild from "esbuild";
import * as sass from "sass";
import subsetFont from "subset-font";
import { withCustomProperties } from "./colours.mjs";

const root = new URL("..", import.meta.url).pathname;
const uswds = join(root, "node_modules/@uswds/uswds");
const out = join(root, "static");

// Letters of English, Spanish and the names of people; the marks our texts use.
const LETTERS =
  Array.from({ length: 0x17f - 0x20 }, (_, i) => String.fromCodePoint(0x20 + i)).join("") + "–—‘’“”•…′″€−×→←↑↓≥≤✓";

async function fonts() {
  mkdirSync(join(out, "fonts"), { recursive: true });
  for (const weight of ["Regular", "Bold"]) {
    const source = readFileSync(join(uswds, `dist/fonts/public-sans/PublicSans-${weight}.ttf`));
    const small = await subsetFont(source, LETTERS, { targetFormat: "woff2" });
    writeFileSync(join(out, `fonts/public-sans-${weight.toLowerCase()}.woff2`), small);
  }
}

async function styles() {
  const design = sass.compile(join(root, "assets/scss/uswds.scss"), {
    loadPaths: [join(uswds, "packages"), join(root, "assets/scss")],
    style: "compressed",
    quietDeps: true,
  }).css;
  const own = sass.compile(join(root, "assets/scss/app.scss"), {
    loadPaths: [join(root, "assets/scss")],
    style: "compressed",
  }).css;
  // The package's own faces would fetch files we do not ship; ours stand in app.scss.
  const system = withCustomProperties(
    design.replace(/@font-face\{[^}]*\}/g, "").replace(/font-family:Public Sans Web[^;}]*/g, "font-family:var(--font)"),
  );
  const images = [...new Set([...system.matchAll(/url\("?\.\.\/img\/([^")]+)"?\)/g)].map((match) => match[1]))];
  rmSync(join(out, "img/uswds"), { recursive: true, force: true });
  for (const image of images) cpSync(join(uswds, "dist/img", image), join(out, "img/uswds", basename(image)));
  const css = system.replace(/url\("?\.\.\/img\/([^")]+)"?\)/g, (_, image) => `url(../img/uswds/${basename(image)})`);
  const { code } = await esbuild.transform(css + own, { loader: "css", minify: true, target: "safari14" });
  mkdirSync(join(out, "css"), { recursive: true });
  writeFileSync(join(out, "css/app.css"), code);
}

async function scripts() {
  await esbuild.build({
    entryPoints: ["app", "offline", "sw"].map((name) => join(root, `assets/js/${name}.js`)),
    outdir: join(out, "js"),
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2020",
    legalComments: "none",
  });
}

/** One sprite of the icons in assets/icons.txt, so that a page only names them. */
function icons() {
  const names = readFileSync(join(root, "assets/icons.txt"), "utf8").split("\n").filter((line) => line && !line.startsWith("#"));
  const symbols = names.map((name) => {
    const svg = readFileSync(join(uswds, `dist/img/usa-icons/${name}.svg`), "utf8");
    const body = svg.replace(/<\?xml[^>]*>/, "").replace(/<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "").trim();
    return `<symbol id="${name}" viewBox="0 0 24 24">${body.replace(/<path (d="M0 0h24v24H0(V0)?z"|fill="none" d="M0 0h24v24H0(V0)?z")[^>]*\/>/g, "")}</symbol>`;
  });
  mkdirSync(join(out, "img"), { recursive: true });
  writeFileSync(join(out, "img/icons.svg"), `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`);
  for (const file of readdirSync(join(root, "assets/img"))) cpSync(join(root, "assets/img", file), join(out, "img", file));
}

await Promise.all([fonts(), styles(), scripts()]);
icons();
for (const file of ["css/app.css", "js/app.js", "js/offline.js", "js/sw.js", "img/icons.svg"]) {
  const bytes = readFileSync(join(out, file));
  console.log(file.padEnd(16), bytes.length, "bytes,", brotliCompressSync(bytes).length, "compressed");
}
for (const file of readdirSync(join(out, "fonts"))) console.log(`fonts/${file}`.padEnd(16), readFileSync(join(out, "fonts", file)).length);
