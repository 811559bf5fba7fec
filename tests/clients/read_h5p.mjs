// Sites that take H5P files: Lumi's server checks a file, installs its libraries, and enforces their semantics.
// `read_h5p.mjs FOLDER FILE...` tells as JSON what a new site for each file has of its content then.
import { createRequire } from "node:module";
import { mkdirSync } from "node:fs";
import path from "node:path";

const require = createRequire(import.meta.url);
const h5p = require("@lumieducation/h5p-server");
const user = { id: "1", name: "Teacher", email: "teacher@example.org", type: "local" };

function openSite(folder) {
  const place = (name) => {
    mkdirSync(path.join(folder, name), { recursive: true });
    return path.join(folder, name);
  };
  return new h5p.H5PEditor(
    new h5p.fsImplementations.InMemoryStorage(),
    new h5p.H5PConfig(undefined, { maxFileSize: 2 ** 30, maxTotalSize: 2 ** 30 }),
    new h5p.fsImplementations.FileLibraryStorage(place("libraries")),
    new h5p.fsImplementations.FileContentStorage(place("content")),
    new h5p.fsImplementations.DirectoryTemporaryFileStorage(place("temporary")),
  );
}

async function read(editor, file) {
  const { metadata, parameters, installedLibraries } = await editor.uploadPackage(file, user);
  const library = metadata.preloadedDependencies.find((one) => one.machineName === metadata.mainLibrary);
  const name = `${library.machineName} ${library.majorVersion}.${library.minorVersion}`;
  const id = await editor.saveOrUpdateContent(undefined, parameters, metadata, name, user);
  const kept = await editor.getContent(id, user);
  return { refused: [], metadata, installed: installedLibraries.length, parameters: kept.params.params };
}

const [folder, ...files] = process.argv.slice(2);
const told = [];
for (const [number, file] of files.entries()) {
  try {
    told.push(await read(openSite(path.join(folder, String(number))), file));
  } catch (error) {
    const reasons = error.errors ?? [error];
    told.push({ refused: reasons.map((one) => `${one.errorId ?? one.message} ${JSON.stringify(one.replacements ?? {})}`) });
  }
}
console.log(JSON.stringify(told));
