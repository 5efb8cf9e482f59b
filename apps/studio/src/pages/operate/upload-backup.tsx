import { useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { Button } from '../../kit/button'
import { Dialog } from '../../kit/dialog'
import { FormError } from '../../kit/form-error'
import { sizeText } from '../../kit/quantities'
import { useToast } from '../../kit/toast'
import { messageOf } from '../../session/operator-session'
import { useSession } from '../../session/session-context'
import { createUpload, type UploadProgress } from './backup-upload'
import { BACKUPS_KEY } from './backups'

/** A backup file of another place, in pieces: what has arrived stays when the connection does not. */
export function UploadBackup({ reason }: { readonly reason: string | null }) {
  const input = useRef<HTMLInputElement>(null)
  const [file, setFile] = useState<File | null>(null)
  return (
    <>
      <Button reason={reason} onClick={() => input.current?.click()}>
        Upload
      </Button>
      <input
        ref={input}
        type="file"
        accept=".tar"
        aria-label="Backup file"
        className="hidden"
        onChange={({ target }) => {
          setFile(target.files?.[0] ?? null)
          // The same file may be chosen again.
          target.value = ''
        }}
      />
      {file !== null && <UploadDialog key={file.name} file={file} onClose={() => setFile(null)} />}
    </>
  )
}

function UploadDialog({ file, onClose }: { readonly file: File; readonly onClose: () => void }) {
  const { admin } = useSession()
  const queries = useQueryClient()
  const toast = useToast()
  const upload = useRef(createUpload(admin, file))
  const [progress, setProgress] = useState<UploadProgress>({ sent: 0, step: 'idle' })
  const [problem, setProblem] = useState<string | null>(null)
  const isBusy = progress.step !== 'idle'
  async function send(): Promise<void> {
    setProblem(null)
    try {
      const made = await upload.current.send(setProgress)
      await queries.invalidateQueries({ queryKey: BACKUPS_KEY })
      toast({ title: `Uploaded ${made.name}`, description: 'It was verified. Restore it from the list.' })
      onClose()
    } catch (error) {
      setProblem(messageOf(error))
      setProgress((now) => ({ ...now, step: 'idle' }))
    }
  }
  function cancel(): void {
    upload.current.cancel()
    onClose()
  }
  return (
    <Dialog title="Upload a backup" isOpen onClose={cancel}>
      <p className="text-md text-text-2">
        <code className="font-mono text-code break-all">{file.name}</code>, {sizeText(file.size)}. It is verified before
        it is listed; nothing is restored by uploading it.
      </p>
      <progress
        aria-label={`Upload of ${file.name}`}
        value={progress.sent}
        max={Math.max(1, file.size)}
        className="h-2 w-full accent-accent"
      />
      <p role="status" className="text-text-2">
        {progress.step === 'sending' && `${sizeText(progress.sent)} of ${sizeText(file.size)}`}
        {progress.step === 'verifying' && 'Verifying…'}
      </p>
      {problem !== null && <FormError>{problem}</FormError>}
      <div className="flex justify-end gap-2">
        <Button onClick={cancel}>Cancel</Button>
        <Button kind="primary" isBusy={isBusy} onClick={() => void send()}>
          {progress.sent === 0 ? 'Upload' : 'Go on'}
        </Button>
      </div>
    </Dialog>
  )
}
