import { basename } from 'node:path'
import type { FoundBackup } from '../backup-place'

/** A backup, as the admin API shows it. */
export function backupView({ path, form, manifest }: FoundBackup) {
  return {
    name: basename(path),
    path,
    form,
    created_at: manifest?.created_at ?? null,
    epoch: manifest?.epoch ?? null,
    seq: manifest?.seq ?? null,
    encrypted: manifest?.encrypted ?? null,
    version: manifest?.version ?? null,
    files: manifest?.files.length ?? 1,
    bytes: manifest?.files.reduce((sum, { bytes }) => sum + bytes, 0) ?? null,
  }
}
