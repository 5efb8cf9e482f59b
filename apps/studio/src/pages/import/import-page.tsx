import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import type { CollectionInfo } from '../../fields/field'
import { useCollections } from '../../fields/use-collections'
import { useWriteReason } from '../../fields/use-may-write'
import { AppLink } from '../../kit/app-link'
import { Page } from '../../kit/page'
import { EmptyState, ErrorState, Skeleton } from '../../kit/states'
import { useEditingLock } from '../../shell/editing-lock'
import { DropZone } from './drop-zone'
import { ImportSteps } from './import-steps'

const route = getRouteApi('/shell/data/$collection/import')

/** A file of the operator, and its bytes. */
export interface ChosenFile {
  readonly name: string
  readonly bytes: Uint8Array
}

/** A file into a collection: chosen, read as recognised, checked by the server, imported. */
export function ImportPage() {
  const { collection: name } = route.useParams()
  const { data, error, refetch } = useCollections()
  const collection = data?.find((one) => one.name === name)
  return (
    <Page
      title={`Import into ${name}`}
      actions={
        <AppLink href={`/data/${encodeURIComponent(name)}`} className="text-link hover:underline">
          Back to {name}
        </AppLink>
      }
    >
      {error !== null && (
        <ErrorState what="The collections could not be read" error={error} onRetry={() => void refetch()} />
      )}
      {data === undefined && error === null && <Skeleton className="h-[240px] w-full" />}
      {data !== undefined && collection === undefined && (
        <EmptyState title={`There is no collection ${name}`}>
          <p>It may have been renamed or dropped.</p>
        </EmptyState>
      )}
      {collection !== undefined && <Import key={name} collection={collection} />}
    </Page>
  )
}

function Import({ collection }: { readonly collection: CollectionInfo }) {
  const mayNot = useWriteReason(collection.name)
  const { reason: locked } = useEditingLock()
  const [file, setFile] = useState<ChosenFile | null>(null)
  const reason = mayNot ?? locked
  if (file === null) return <DropZone reason={reason} onFile={setFile} />
  return <ImportSteps {...{ collection, file, reason }} key={file.name} onOther={() => setFile(null)} />
}
