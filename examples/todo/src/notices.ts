import type { KoyaError } from '@koyalite/client'
import { useSyncExternalStore } from 'react'

export interface Notice {
  readonly id: number
  readonly text: string
}

const SHOWN_MS = 6000
const listeners = new Set<() => void>()
let notices: readonly Notice[] = []
let ids = 0

/** Why a change was taken back. */
export function reportError({ code, message }: KoyaError): void {
  const notice = { id: ++ids, text: WORDS[code] ?? message }
  set([...notices, notice])
  setTimeout(() => set(notices.filter((other) => other !== notice)), SHOWN_MS)
}

export function useNotices(): readonly Notice[] {
  return useSyncExternalStore(subscribe, () => notices)
}

const WORDS: Readonly<Record<string, string>> = {
  FORBIDDEN: 'Only the person who added it can delete it.',
  NETWORK: 'That could not be saved: the server cannot be reached.',
  NOT_FOUND: 'Somebody has deleted it meanwhile.',
}

function set(next: readonly Notice[]): void {
  notices = next
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
