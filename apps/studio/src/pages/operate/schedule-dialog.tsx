import { useQueryClient } from '@tanstack/react-query'
import { Button } from '../../kit/button'
import { Dialog } from '../../kit/dialog'
import { FormError } from '../../kit/form-error'
import { TextField } from '../../kit/text-field'
import { useToast } from '../../kit/toast'
import { useForm } from '../../kit/use-form'
import { useSession } from '../../session/session-context'
import { BACKUPS_KEY, type Backups } from './backups'

const DAY_MS = 86_400_000

export interface ScheduleDialogProps {
  readonly schedule: Backups['schedule']
  readonly onClose: () => void
}

/** When backups are made by themselves: `backups` in koyalite.yaml. */
export function ScheduleDialog({ schedule, onClose }: ScheduleDialogProps) {
  const { admin } = useSession()
  const queries = useQueryClient()
  const toast = useToast()
  const { isBusy, error, fieldErrors, onSubmit } = useForm(async (given) => {
    const [cron, keep] = [String(given.get('backups.schedule')).trim(), String(given.get('backups.keep')).trim()]
    await admin.changeSettings({
      body: {
        set: {
          'backups.schedule': cron === '' ? null : cron,
          'backups.keep': /^\d+$/.test(keep) ? Number(keep) : keep === '' ? null : keep,
        },
      },
    })
    await queries.invalidateQueries({ queryKey: BACKUPS_KEY })
    toast({ title: cron === '' ? 'No backups are scheduled' : `Backups are scheduled: ${cron}` })
    onClose()
  })
  const { keep } = schedule
  return (
    <Dialog title="Schedule backups" isOpen onClose={onClose}>
      <form onSubmit={onSubmit} className="flex flex-col gap-4">
        <TextField
          name="backups.schedule"
          label="When"
          placeholder="0 3 * * *"
          defaultValue={schedule.schedule ?? '0 3 * * *'}
          error={fieldErrors['backups.schedule']}
          hint="A cron expression in the time of the server: minute, hour, day, month, day of the week. Empty: never."
        />
        <TextField
          name="backups.keep"
          label="Keep"
          defaultValue={'count' in keep ? String(keep.count) : `${Math.round(keep.ageMs / DAY_MS)}d`}
          error={fieldErrors['backups.keep']}
          hint="How many (7), or for how long (30d). The newest is never removed."
        />
        {error !== null && <FormError>{error}</FormError>}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" kind="primary" isBusy={isBusy}>
            Save the schedule
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
