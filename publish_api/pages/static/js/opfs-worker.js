// Writes files where only workers may: aside first, then under their name, so that a dead tab leaves no half file
// under it.
onmessage = async ({ data: { id, path, name, blob } }) => {
  try {
    await write(path, name, blob);
    postMessage({ id });
  } catch (problem) {
    postMessage({ id, trouble: String(problem) });
  }
};

async function write(path, name, blob) {
  let folder = await navigator.storage.getDirectory();
  for (const each of path) folder = await folder.getDirectoryHandle(each, { create: true });
  const moves = "move" in FileSystemFileHandle.prototype;
  const file = await folder.getFileHandle(moves ? `${name}.new` : name, { create: true });
  const access = await file.createSyncAccessHandle();
  try {
    access.truncate(0);
    const reader = blob.stream().getReader();
    let at = 0;
    for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read())
      at += access.write(value, { at });
    if (at !== blob.size) throw new Error("no room");
    access.flush();
  } finally {
    access.close();
  }
  if (moves) await file.move(name);
}
