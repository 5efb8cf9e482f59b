import type { AdminClient, FinishBackupUploadResponse } from '@koyalite/client/admin'

export interface UploadProgress {
  /** Bytes that the server has on its disk. */
  readonly sent: number
  readonly step: 'idle' | 'sending' | 'verifying'
}

export interface Upload {
  /** Sends what is not there yet. Rejects where it is cut off, or the file is none that can be used; it may be called again. */
  send(onProgress: (progress: UploadProgress) => void): Promise<FinishBackupUploadResponse>
  /** Ends it, and removes what the server has of it. */
  cancel(): void
}

/** Small enough for the limits of most proxies. */
const PIECE = 8 * 1024 * 1024

/** The upload of a file in pieces. */
export function createUpload(admin: AdminClient, file: File): Upload {
  let id: string | null = null
  let isCanceled = false
  return {
    async send(onProgress) {
      id ??= (await admin.beginBackupUpload({ body: { name: nameOf(file), bytes: file.size } })).id
      const params = { id }
      let { received } = await admin.getBackupUpload({ params })
      while (received < file.size) {
        if (isCanceled) throw new Error('The upload was canceled.')
        onProgress({ sent: received, step: 'sending' })
        const body = file.slice(received, received + PIECE)
        received = (await admin.sendBackupPiece({ params, query: { offset: received }, body })).received
      }
      onProgress({ sent: received, step: 'verifying' })
      return admin.finishBackupUpload({ params }).catch((error: unknown) => {
        // What is wrong with the file will not be better with the same bytes.
        id = null
        throw error
      })
    },
    cancel() {
      isCanceled = true
      if (id !== null) admin.cancelBackupUpload({ params: { id } }).catch(() => {})
    },
  }
}

/** As the server takes it. */
function nameOf({ name }: File): string {
  return name.replace(/[^\w.-]/g, '-').replace(/^[^A-Za-z0-9]+/, '') || 'backup.tar'
}
