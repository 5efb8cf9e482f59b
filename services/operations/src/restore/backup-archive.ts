import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { Readable } from 'node:stream'
import { type FoundBackup, packed } from '../backup-place'

/** A backup in one file, as a download. It is read as fast as it is taken. */
export function backupArchive(backup: FoundBackup): Response {
  const name = basename(backup.path).replace(/\.tar$/, '')
  const stream = backup.form === 'tar' ? createReadStream(backup.path) : Readable.from(packed(backup))
  return new Response(Readable.toWeb(stream) as unknown as ReadableStream<Uint8Array>, {
    headers: {
      'content-type': 'application/x-tar',
      'content-disposition': `attachment; filename="${name.replace(/[^\w.-]/g, '_')}.tar"`,
    },
  })
}
