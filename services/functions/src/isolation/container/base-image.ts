import { OUTPUT, SOCKETS } from './container-spec'
import type { Engine } from './engine-api'
import { type Folder, tarOfFolders } from './tar-of-folders'

const REPOSITORY = 'localhost/koyalite-functions'
const LABEL = 'koyalite.image'
/** Another one where the image is made otherwise. */
const TAG = '1'

const FOLDERS: readonly Folder[] = [
  { path: SOCKETS.slice(1), mode: 0o755 },
  { path: OUTPUT.slice(1), mode: 0o755 },
  // Some engines give what is mounted there the mode of what it covers.
  { path: 'tmp', mode: 0o1777 },
]

/**
 * The image of functions where none is set: nothing but folders to mount into. It is made here, once for a machine; those of other versions are removed.
 * @returns its name
 */
export async function baseImage(engine: Engine): Promise<string> {
  const name = `${REPOSITORY}:${TAG}`
  if ((await engine.findImage(name)) === null)
    await engine.importImage(tarOfFolders(FOLDERS), { repository: REPOSITORY, tag: TAG, label: `${LABEL}=${TAG}` })
  const current = await engine.findImage(name)
  for (const { id } of await engine.imagesWith(LABEL)) {
    // Another server may run containers of it.
    if (id !== current?.id) await engine.removeImage(id).catch(() => {})
  }
  return name
}
