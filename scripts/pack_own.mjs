// Packs our own modules and stylesheets as they travel: npm run --silent own -- FOLDER
//
// FOLDER/<begin of the source's SHA-256>.br is that source without comments and white space, as brotli makes it: two
// thirds of what gzip makes of what is written. By its hash it is the packed form of just that source: where one has
// changed since, it is served as it is written. The sources are what a browser without brotli gets, and what is read.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { brotliCompressSync, constants } from "node:zlib";
import { transform } from "esbuild";

const STATIC = "publish_api/pages/static";
const HASH_LENGTH = 32; // of its hexadecimal digits: static_files.py reads as many

const into = process.argv[2];
rmSync(into, { recursive: true, force: true });
mkdirSync(into, { recursive: true });
for (const loader of ["js", "css"])
  for (const name of readdirSync(`${STATIC}/${loader}`)) {
    const source = readFileSync(`${STATIC}/${loader}/${name}`);
    const { code } = await transform(source, { loader, minify: true, target: loader === "js" ? "es2022" : undefined, charset: "utf8" });
    const hash = createHash("sha256").update(source).digest("hex").slice(0, HASH_LENGTH);
    const options = { params: { [constants.BROTLI_PARAM_SIZE_HINT]: code.length } };
    writeFileSync(`${into}/${hash}.br`, brotliCompressSync(code, options));
  }
