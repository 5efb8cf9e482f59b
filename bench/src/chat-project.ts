import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Makes a folder a project with the chat schema. Settings keep their defaults, but for the limit of requests from one address, which the generator is meant to
 * exceed and the peers do not have.
 */
export function copyChatSchema(folder: string): void {
  mkdirSync(folder, { recursive: true })
  copyFileSync(join(import.meta.dir, '../chat.yaml'), join(folder, 'schema.yaml'))
  writeFileSync(join(folder, 'koyalite.yaml'), 'auth: { rate_limit: { api: 1000000/second } }\n')
}
