// Puts the two panels together in build/: our own files, those that the service shows too, and Forge's bridge.
import { cp, mkdir, rm } from "node:fs/promises";
import { build } from "esbuild";

const shared = "../service/web/static";
await rm("build", { recursive: true, force: true });
for (const name of ["panel", "standing"]) {
  await mkdir(`build/${name}`, { recursive: true });
  await cp(`static/${name}.html`, `build/${name}/index.html`);
  await cp(`${shared}/panel/panel.css`, `build/${name}/panel.css`);
  await cp(`${shared}/icon.svg`, `build/${name}/icon.svg`);
  await build({ entryPoints: [`static/${name}.js`], outfile: `build/${name}/${name}.js`, bundle: true, format: "esm", target: "es2022" });
}
