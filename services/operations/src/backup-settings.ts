import { optionalText, retention, section, text } from '@koyalite/kernel'

const backups = section({
  schedule: optionalText('Schedule of automatic backups: a cron expression like 0 3 * * *'),
  keep: retention(7, 'Backups to keep: a count (7) or an age (30d)'),
  dir: text('data/backups', 'Folder for backups, ideally on another disk'),
})

export const BACKUP_SETTINGS = { backups }
