// Packs hls.js for our pages: npm run --silent hls -- FOLDER
//
// Our playlists list fragments of MP4, in renditions of the picture with the sound apart. Of hls.js that takes the
// half: no MPEG-TS, no captions or keys of its own, no advertisements. What remains is packed from its sources, by the
// switches that its own builds use. A cheap phone loads 95 kB of it instead of 182, and reads three fifths.
import { readFileSync, writeFileSync } from "node:fs";
import { brotliCompressSync } from "node:zlib";
import { build } from "esbuild";

const SOURCE = "node_modules/hls.js/src/hls.ts";
const { version, license } = JSON.parse(readFileSync("node_modules/hls.js/package.json"));

const IN = ["ALT_AUDIO", "MEDIA_CAPABILITIES"];
const OUT = [
  ...["CMCD", "CONTENT_STEERING", "EME_DRM", "IFRAMES", "INTERSTITIALS", "M2TS_ADVANCED_CODECS", "SUBTITLES"],
  "VARIABLE_SUBSTITUTION",
];
const define = { __VERSION__: JSON.stringify(version), __IN_WORKER__: "false", __HLS_WORKER_BUNDLE__: "undefined" };
for (const name of IN) define[`__USE_${name}__`] = "true";
for (const name of OUT) define[`__USE_${name}__`] = "false";

const matching = (...ends) => new RegExp(ends.map((each) => `${each}$`).join("|"));
const ABSENT = [
  // Of what is out: hls.js goes without where there is none.
  [
    matching(
      "/(cmcd|content-steering|eme|id3-track|interstitials|timeline)-controller",
      "/(cea-608|imsc1|subtitle|webvtt)-.*",
    ),
    "module.exports = undefined;",
  ],
  // Containers that we do not make: asked whether a file is one, these say no.
  [matching("/(ts|aac|mp3)demuxer", "/ac3-demuxer"), "module.exports = class { static probe() { return false; } };"],
];
const absent = {
  name: "absent",
  setup(packer) {
    ABSENT.forEach(([filter, contents], i) => {
      packer.onResolve({ filter }, ({ path }) => ({ path, namespace: `absent-${i}`, sideEffects: false }));
      packer.onLoad({ filter: /./, namespace: `absent-${i}` }, () => ({ contents }));
    });
  },
};

const packed = `${process.argv[2]}/hls.mjs`;
await build({
  stdin: { contents: `export { default } from "./${SOURCE}";`, resolveDir: "." },
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2020",
  define,
  plugins: [absent],
  banner: { js: `/* hls.js ${version}, ${license}, without what these pages never play */` },
  outfile: packed,
  logLevel: "warning",
});
writeFileSync(`${packed}.br`, brotliCompressSync(readFileSync(packed))); // as small as it gets, by default
