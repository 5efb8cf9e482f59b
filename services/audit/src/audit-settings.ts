import { duration, type SettingsOf, section } from '@koyalite/kernel'

export const AUDIT_SETTINGS = {
  audit: section({ keep: duration('365d', 'How long audit log entries are kept') }),
}

export type AuditSettings = SettingsOf<typeof AUDIT_SETTINGS>
