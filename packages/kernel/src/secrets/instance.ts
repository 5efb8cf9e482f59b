import { createHmac, randomBytes, randomUUID } from 'node:crypto'
import { createKeyFile } from './key-file'

/**
 * Which installation of a project this is. Its id is kept in the database and, with a key, beside the other keys: a database that says another id than
 * the keys beside it is a copy. Tokens, cookies and whatever else leaves the server carry it, so that those of a copy open nothing in the original.
 */
export interface Instance {
  readonly id: string
  /** The first eight characters of the id, for names that must differ between projects on one host. */
  readonly shortId: string
  /**
   * A keyed hash that only this instance can compute, the same after every restart. @param purpose what it is used for: the same text has another value for
   * another purpose
   */
  mac(purpose: string, text: string): string
}

interface StoredInstance {
  readonly id: string
  readonly created_at: number
  /** 256 random bits, base64url. */
  readonly key: string
}

/** Beside the other keys, in `data/keys`. */
export const INSTANCE_FILE = 'instance.json'

/** Null where none was made there yet. @param dir folder of the keys; null: there is none */
export async function readInstance(dir: string | null): Promise<Instance | null> {
  const [stored] = await createKeyFile<StoredInstance>(dir, INSTANCE_FILE).read()
  return stored === undefined ? null : toInstance(stored)
}

/** A new one, in place of any that was there. @param dir null: it is kept in memory */
export async function createInstance(dir: string | null): Promise<Instance> {
  const made = newInstance()
  await made.store(dir)
  return made.instance
}

/** A new one that is not stored yet. */
export function newInstance(): { readonly instance: Instance; store(dir: string | null): Promise<void> } {
  const stored = { id: randomUUID(), created_at: Date.now(), key: randomBytes(32).toString('base64url') }
  return {
    instance: toInstance(stored),
    store: (dir) => createKeyFile<StoredInstance>(dir, INSTANCE_FILE).write([stored]),
  }
}

function toInstance({ id, key }: StoredInstance): Instance {
  const bytes = Buffer.from(key, 'base64url')
  return {
    id,
    shortId: id.slice(0, 8),
    mac: (purpose, text) => createHmac('sha256', bytes).update(`${purpose}\0${text}`).digest('base64url'),
  }
}
