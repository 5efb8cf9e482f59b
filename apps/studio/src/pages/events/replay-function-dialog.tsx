import { useQueryClient } from '@tanstack/react-query'
import { ReplayForm } from '../../kit/replay-form'
import { useToast } from '../../kit/toast'
import { useSession } from '../../session/session-context'

/** Calls a function again for what happened since a time. */
export function ReplayFunctionDialog({ name, onClose }: { readonly name: string; readonly onClose: () => void }) {
  const { admin } = useSession()
  const queries = useQueryClient()
  const toast = useToast()
  async function replay(from: string): Promise<void> {
    const { events } = await admin.replayFunctionEvents({ params: { name }, body: { from } })
    await queries.invalidateQueries({ queryKey: ['jobs'] })
    toast({ title: `Replayed ${events.toLocaleString('en')} ${events === 1 ? 'event' : 'events'} to ${name}` })
  }
  return (
    <ReplayForm title={`Replay events to ${name}`} begin={null} replay={replay} onClose={onClose}>
      {name} is called again for everything that happened from then on and that it asks for, with the ids that the
      events had.
    </ReplayForm>
  )
}
