import { useQueryClient } from '@tanstack/react-query'
import { type DocumentRef, deleteDocument } from '../../fields/documents'
import { useToast } from '../../kit/toast'
import { useUndo } from '../../kit/undo/undo-provider'
import { messageOf } from '../../session/operator-session'
import { useSession } from '../../session/session-context'

/** Deletes a document, at once, with Undo. Returns whether it did. */
export function useDeleteDocument(): (ref: DocumentRef, title: string) => Promise<boolean> {
  const session = useSession()
  const queries = useQueryClient()
  const toast = useToast()
  const undo = useUndo()
  async function remove(ref: DocumentRef, title: string): Promise<boolean> {
    let action: string | null
    try {
      action = await deleteDocument(session, ref)
    } catch (error) {
      toast({ kind: 'error', title: `Not deleted: ${title}`, description: messageOf(error) })
      return false
    }
    // Not read again: whoever shows it is about to leave.
    await queries.invalidateQueries({ queryKey: ['document', ref.collection, ref.key], refetchType: 'none' })
    await queries.invalidateQueries({ queryKey: ['documents', ref.collection] })
    undo.done(`Deleted ${title}`, action)
    return true
  }
  return (ref, title) => undo.during(() => remove(ref, title))
}
