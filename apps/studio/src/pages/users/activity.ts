import type { ListAuditEntriesResponse, ListRequestsResponse } from '@koyalite/client/admin'
import { actionText, targetText } from '../observe/audit-text'

type Request = ListRequestsResponse['requests'][number]
type Entry = ListAuditEntriesResponse['entries'][number]

/** Something that somebody did, with where the studio has all of it. */
export interface Activity {
  readonly kind: 'request' | 'audit'
  readonly key: string
  readonly at: string
  readonly text: string
  /** Of the answer to a request. */
  readonly status: number | null
  /** Of the audit log: it was refused. */
  readonly isFailure: boolean
  readonly href: string
}

/** Requests and entries of the audit log in one list, newest first. */
export function activityOf(requests: readonly Request[], entries: readonly Entry[]): readonly Activity[] {
  return [...requests.map(ofRequest), ...entries.map(ofEntry)].toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at))
}

function ofRequest({ id, at, method, path, status, actor }: Request): Activity {
  return {
    kind: 'request',
    key: `request ${id}`,
    at,
    text: `${method} ${path}`,
    status,
    isFailure: false,
    href: `/observe/requests?${new URLSearchParams({ ...(actor.id !== null && { actor: actor.id }), id })}`,
  }
}

function ofEntry(entry: Entry): Activity {
  const { seq, at, outcome, actor } = entry
  const query = new URLSearchParams({ ...(actor.id !== null && { actor: actor.id }), entry: String(seq) })
  return {
    kind: 'audit',
    key: `audit ${seq}`,
    at,
    text: `${actionText(entry)} ${targetText(entry)}`.trim(),
    status: null,
    isFailure: outcome === 'failure',
    href: `/observe/audit?${query}`,
  }
}
