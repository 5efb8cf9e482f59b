import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export const CHAT_SCHEMA = join(import.meta.dir, '../chat.yaml')

/**
 * Makes a folder a project with the chat schema. Settings keep their defaults, but for these: how often one address may sign in, which the generator is
 * meant to exceed and the peers do not limit; the life of a token, which must outlast a scenario as the peers' do; in which languages clients are
 * generated, where that is measured. (The general limit does not count
 * requests from the same machine.)
 */
export function copyChatSchema(folder: string): void {
  mkdirSync(folder, { recursive: true })
  copyFileSync(CHAT_SCHEMA, join(folder, 'schema.yaml'))
  writeFileSync(join(folder, 'koyalite.yaml'), SETTINGS)
}

const SETTINGS = `
generate: { languages: [typescript, go, python] }
auth:
  jwt: { access_ttl: 1d }
  rate_limit: { login: 1000000/second, register: 1000000/second }
`
