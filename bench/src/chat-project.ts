import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'

/** Makes a folder a project with the chat schema and nothing else: every setting keeps its default. */
export function copyChatSchema(folder: string): void {
  mkdirSync(folder, { recursive: true })
  copyFileSync(join(import.meta.dir, '../chat.yaml'), join(folder, 'schema.yaml'))
}
