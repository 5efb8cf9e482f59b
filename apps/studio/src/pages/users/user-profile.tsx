import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type DocumentRef, readDocument, type StoredDocument } from '../../fields/documents'
import type { CollectionInfo } from '../../fields/field'
import { useCollections } from '../../fields/use-collections'
import { useWriteReason } from '../../fields/use-may-write'
import { Button } from '../../kit/button'
import { ErrorState, Skeleton } from '../../kit/states'
import { useToast } from '../../kit/toast'
import { useSession } from '../../session/session-context'
import { useKeys } from '../../shell/keyboard'
import { DocumentFields } from '../document/document-fields'
import { DraftOffer } from '../document/draft-offer'
import { SaveBar } from '../document/save-bar'
import { documentQuery, useDocumentForm, useDraft } from '../document/use-document-form'
import { profileOf } from './profile-fields'

interface UserProfileProps {
  readonly id: string
  /** How the messages name them. */
  readonly name: string
}

/** What a user has besides their account, edited by the fields of the schema. */
export function UserProfile({ id, name }: UserProfileProps) {
  const [isOpen, setOpen] = useState(false)
  const reason = useWriteReason('users')
  return (
    <section aria-label="Profile" className="flex flex-col gap-3">
      <Button reason={reason} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)} className="self-start">
        {isOpen ? 'Close the profile' : 'Edit profile'}
      </Button>
      {isOpen && <ProfileForm id={id} name={name} onSaved={() => setOpen(false)} />}
    </section>
  )
}

interface FormProps extends UserProfileProps {
  readonly onSaved: () => void
}

function ProfileForm(props: FormProps) {
  const session = useSession()
  const collections = useCollections()
  const users = collections.data?.find(({ name }) => name === 'users')
  const ref: DocumentRef = { collection: 'users', key: props.id }
  const stored = useQuery({
    queryKey: documentQuery(ref),
    queryFn: ({ signal }) => readDocument(session, ref, signal),
  })
  const error = collections.error ?? stored.error
  if (error !== null) return <ErrorState what="The profile could not be read" error={error} />
  if (users === undefined || stored.data === undefined) return <Skeleton className="h-[160px] w-full" />
  return <LoadedForm {...props} users={users} stored={stored.data} />
}

interface LoadedProps extends FormProps {
  readonly users: CollectionInfo
  readonly stored: StoredDocument
}

function LoadedForm({ id, name, users, stored, onSaved }: LoadedProps) {
  const queries = useQueryClient()
  const toast = useToast()
  const [collection] = useState(() => profileOf(users))
  const form = useDocumentForm({ collection, document: { key: id, stored } })
  const draft = useDraft('users', id)
  async function save(): Promise<void> {
    if (form.read.changed.length === 0 || (await form.save()) === null) return
    toast({ title: `Saved the profile of ${name}` })
    onSaved()
    await Promise.all(['user', 'users'].map((key) => queries.invalidateQueries({ queryKey: [key] })))
  }
  useKeys({ save: () => void save() })
  return (
    <div className="flex flex-col gap-4">
      {draft.data != null && form.read.changed.length === 0 && (
        <DraftOffer
          draft={draft.data}
          onContinue={() => {
            const { changes, base, etag } = draft.data ?? { changes: {}, base: {}, etag: '' }
            form.dispatch({
              kind: 'resumed',
              changes,
              base: { values: { ...stored.values, ...base }, etag: etag || stored.etag },
            })
          }}
          onDiscard={() => void form.discard()}
        />
      )}
      <DocumentFields form={form} focused={collection.fields[0]?.name} />
      <div className="sticky -bottom-4 z-10 -mx-4">
        <SaveBar form={form} action="Save profile" onSave={() => void save()} />
      </div>
    </div>
  )
}
