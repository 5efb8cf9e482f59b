import { outputOf } from '../find-program'
import { firstUrl, hostOf, type Registry } from '../isolation/registries'

/** The index is on one host, its files are on another: pip knows both. */
const ASK = 'from pip._internal.models.index import PyPI; print(PyPI.simple_url, PyPI.file_storage_domain)'

/** The index that pip goes to by itself; null where this Python has no pip. */
export async function ownIndex(executable: string): Promise<Registry | null> {
  const text = await outputOf([executable, '-I', '-c', ASK])
  const url = firstUrl(text ?? undefined)
  if (text === null || url === undefined) return null
  const [, files] = text.split(' ')
  return { url, hosts: [hostOf(url), ...(files === undefined ? [] : [`${files}:443`])] }
}
