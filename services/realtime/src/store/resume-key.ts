import { createHmac, randomBytes } from 'node:crypto'
import { createKeyFile } from '@koyalite/kernel'

const FILE = 'resume.json'

/**
 * The key that signs resume tokens and seals tickets, made if there is none: clients continue after a restart, in whichever process they meet.
 * @param dir `data/keys`; null for a database in memory, whose clients begin again with it
 * @param instance id of the project: to a copy of it what another one has signed is nothing
 */
export async function openResumeKey(dir: string | null, instance: string): Promise<Uint8Array> {
  return createHmac('sha256', await storedKey(dir))
    .update(instance)
    .digest()
}

async function storedKey(dir: string | null): Promise<Uint8Array> {
  const file = createKeyFile<{ readonly key: string }>(dir, FILE)
  const [stored] = await file.read()
  if (stored) return Buffer.from(stored.key, 'base64url')
  const key = randomBytes(32)
  await file.write([{ key: key.toString('base64url') }])
  return key
}
