// The browser's own files (origin private file system). A file is there whole, or as it was before.

export const supported = () => Boolean(navigator.storage?.getDirectory) && typeof FileSystemFileHandle === "function";

export async function folder(path, { create = false } = {}) {
  let at = await navigator.storage.getDirectory();
  for (const name of path) at = await at.getDirectoryHandle(name, { create });
  return at;
}

// Writes a blob as `path`/`name`; resolves once it is there for good. Two ways: a stream whose bytes take the
// place of the old ones when it is closed; where windows have none (Safari before 26), a worker.
export async function write(path, name, blob) {
  if (!("createWritable" in FileSystemFileHandle.prototype)) return writeElsewhere(path, name, blob);
  const file = await (await folder(path, { create: true })).getFileHandle(name, { create: true });
  await blob.stream().pipeTo(await file.createWritable());
}

export async function read(path, name) {
  return (await (await folder(path)).getFileHandle(name)).getFile();
}

// Names of what lies in a folder, sorted; none when there is no folder.
export async function names(path) {
  const found = [];
  try {
    for await (const name of (await folder(path)).keys()) found.push(name);
  } catch {
    // Not there.
  }
  return found.sort();
}

export async function remove(path, name) {
  try {
    await (await folder(path)).removeEntry(name, { recursive: true });
  } catch {
    // Not there, or its neighbour is being written: then it goes with the next sweep.
  }
}

let worker;
let asked = 0;
const waiting = new Map();

function writeElsewhere(path, name, blob) {
  worker ??= begin();
  return new Promise((done, fail) => {
    waiting.set(++asked, { done, fail });
    worker.postMessage({ id: asked, path, name, blob });
  });
}

function begin() {
  const made = new Worker(new URL("./opfs-worker.js", import.meta.url), { type: "module" });
  made.onmessage = ({ data: { id, trouble } }) => {
    const { done, fail } = waiting.get(id);
    waiting.delete(id);
    if (trouble) fail(new Error(trouble));
    else done();
  };
  made.onerror = () => {
    for (const { fail } of waiting.values()) fail(new Error("no worker"));
    waiting.clear();
  };
  return made;
}
