import type { ListAuditEntriesResponse } from '@koyalite/client/admin'

export type AuditEntry = ListAuditEntriesResponse['entries'][number]

/** `Document deleted`: the event in words. */
export function actionText({ event }: Pick<AuditEntry, 'event'>): string {
  const words = event.replace('.', ' ').replaceAll('_', ' ')
  return words.slice(0, 1).toUpperCase() + words.slice(1)
}

export function targetText({ target, details }: Pick<AuditEntry, 'target' | 'details'>): string {
  if (target === null) return typeof details?.collection === 'string' ? details.collection : ''
  const { kind, id, name } = target
  if (kind === 'document') return `${name ?? ''} ${id ?? ''}`.trim()
  return `${kind.replace('_', ' ')} ${name ?? id ?? ''}`.trim()
}

export function auditActorText({ actor, impersonator }: Pick<AuditEntry, 'actor' | 'impersonator'>): string {
  const of = ({ kind, id, name }: NonNullable<AuditEntry['impersonator']>) =>
    kind === 'system'
      ? 'the server'
      : kind === 'anonymous'
        ? 'anonymous'
        : `${name ?? id ?? ''} (${kind.replace('_', ' ')})`
  return impersonator === null ? of(actor) : `${of(impersonator)} as ${of(actor)}`
}

/** By what door it came, and from where: `studio, 192.0.2.1`. */
export function throughText({ actor, impersonator, ip }: Pick<AuditEntry, 'actor' | 'impersonator' | 'ip'>): string {
  const door = DOORS[(impersonator ?? actor).kind]
  if (ip === null) return 'the server'
  return ip === 'local' ? 'command line' : `${door}, ${ip}`
}

const DOORS = {
  operator: 'studio',
  service_key: 'service key',
  user: 'API',
  anonymous: 'API',
  system: 'server',
} as const
