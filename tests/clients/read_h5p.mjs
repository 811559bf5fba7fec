// A site that takes H5P files: Lumi's server checks the file, installs its libraries, and enforces their semantics.
// `read_h5p.mjs FOLDER FILE` tells as JSON what it has of the content then.
import { createRequire } from "node:module";
import { mkdirSync } from "node:fs";
import path from "node:path";

const require = createRequire(import.meta.url);
const h5p = require("@lumieducation/h5p-server");
const [folder, file] = process.argv.slice(2);
const place = (name) => {
  mkdirSync(path.join(folder, name), { recursive: true });
  return path.join(folder, name);
};
const config = new h5p.H5PConfig(undefined, { maxFileSize: 2 ** 30, maxTotalSize: 2 ** 30 });
const user = { id: "1", name: "Teacher", email: "teacher@example.org", type: "local" };
const editor = new h5p.H5PEditor(
  new h5p.fsImplementations.InMemoryStorage(),
  config,
  new h5p.fsImplementations.FileLibraryStorage(place("libraries")),
  new h5p.fsImplementations.FileContentStorage(place("content")),
  new h5p.fsImplementations.DirectoryTemporaryFileStorage(place("temporary")),
);

const told = { refused: [] };
try {
  const { metadata, parameters, installedLibraries } = await editor.uploadPackage(file, user);
  told.metadata = metadata;
  told.installed = installedLibraries.map((one) => one.newVersion?.machineName ?? one);
  if (installedLibraries.length > 0) {
    const library = metadata.preloadedDependencies.find((one) => one.machineName === metadata.mainLibrary);
    const name = `${library.machineName} ${library.majorVersion}.${library.minorVersion}`;
    const id = await editor.saveOrUpdateContent(undefined, parameters, metadata, name, user);
    told.parameters = (await editor.getContent(id, user)).params.params;
  } else {
    told.parameters = parameters;
  }
} catch (error) {
  told.refused = (error.errors ?? [error]).map((one) => `${one.errorId ?? one.message} ${JSON.stringify(one.replacements ?? {})}`);
}
console.log(JSON.stringify(told));
