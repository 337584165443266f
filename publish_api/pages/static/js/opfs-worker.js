// Writes files where only workers may: aside first, then under their name, so that a dead tab leaves no half file
// under it. Where files cannot be given another name (Safari before 15.4), what is small and written again and again is
// whole in one of two places: it stays aside until it is whole under its name, too.
onmessage = async ({ data: { id, path, name, blob } }) => {
  try {
    await keep(path, name, blob);
    postMessage({ id });
  } catch (problem) {
    postMessage({ id, trouble: String(problem) });
  }
};

async function keep(path, name, blob) {
  let folder = await navigator.storage.getDirectory();
  for (const each of path) folder = await folder.getDirectoryHandle(each, { create: true });
  const aside = `${name}.new`;
  if ("move" in FileSystemFileHandle.prototype) return (await write(folder, aside, blob)).move(name);
  const twice = name.endsWith(".json");
  if (twice) await write(folder, aside, blob);
  await write(folder, name, blob);
  if (twice) await folder.removeEntry(aside);
}

async function write(folder, name, blob) {
  const file = await folder.getFileHandle(name, { create: true });
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
  return file;
}
