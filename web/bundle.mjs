// Puts a script and what it imports into one file: `node bundle.mjs FROM TO`.
import { build } from "esbuild";

const [from, to] = process.argv.slice(2);
await build({
  entryPoints: [from],
  outfile: to,
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  legalComments: "eof",
  logLevel: "warning",
});
