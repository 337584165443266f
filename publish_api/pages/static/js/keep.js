// A copy of what is being sent, in the browser's own files: a dead tab or a reload loses nothing, and the
// file need not be picked again (phones make a new one at each pick). One a person: devices are shared.

const MOST = 2 * 1024 ** 3; // bytes
const DAYS = 7;

export async function keep(person, file, title) {
  const { quota = 0, usage = 0 } = (await navigator.storage?.estimate?.()) ?? {};
  if (file.size > MOST || quota - usage < 1.2 * file.size) return false;
  navigator.storage.persist?.();
  const folder = await place(person, true);
  const tip = await folder.getFileHandle("tip", { create: true });
  await file.stream().pipeTo(await tip.createWritable());
  // Written last: without it there is no copy.
  const { name, type, size, lastModified } = file;
  await write(folder, "about.json", JSON.stringify({ name, type, size, lastModified, title, at: Date.now() }));
  return true;
}

// {file, title} of this person, or null.
export async function kept(person) {
  try {
    const folder = await place(person, false);
    const about = JSON.parse(await (await (await folder.getFileHandle("about.json")).getFile()).text());
    const bytes = await (await folder.getFileHandle("tip")).getFile();
    if (bytes.size !== about.size || Date.now() - about.at > DAYS * 24 * 3600 * 1000) throw new Error("stale");
    return { file: new File([bytes], about.name, { type: about.type, lastModified: about.lastModified }), title: about.title };
  } catch (reason) {
    if (reason.message === "stale") await forget(person);
    return null;
  }
}

export async function forget(person) {
  const root = await navigator.storage?.getDirectory?.().catch(() => null);
  await root?.removeEntry(`tip-${person}`, { recursive: true }).catch(() => {}); // none there
}

async function place(person, create) {
  const root = await navigator.storage.getDirectory();
  return root.getDirectoryHandle(`tip-${person}`, { create });
}

async function write(folder, name, text) {
  const to = await (await folder.getFileHandle(name, { create: true })).createWritable();
  await to.write(text);
  await to.close();
}
