import {
  type Change,
  type ChangeNote,
  EVENT_ENTRIES,
  formatSeq,
  matchesEvent,
  type ProjectEvent,
} from '@koyalite/contracts'
import type { Database } from '@koyalite/sqlite'
import { CHANGE_EVENTS, typesOfCollection } from './event-types'
import { ChangeHistory } from './history/change-history'
import type { Shapes } from './history/document-states'
import { type LoggedEvent, type NotedRange, notesOf } from './store/event-log'

/** An event, and the entry of the change log that it is. */
export interface ReadEvent {
  readonly seq: number
  readonly event: ProjectEvent
}

/** Makes events of entries of the change log, for somebody who reads them in order. */
export class EventReader {
  readonly #database: Database
  readonly #history: ChangeHistory
  readonly #patterns: readonly string[]

  constructor(database: Database, shapes: Shapes, patterns: readonly string[]) {
    this.#database = database
    this.#history = new ChangeHistory(database, shapes)
    this.#patterns = patterns
  }

  /** Those that a pattern stands for. */
  async events(entries: readonly Change[]): Promise<readonly ReadEvent[]> {
    const wanted = entries.filter((entry) => this.#wants(typeOf(entry)))
    const [first, last] = [wanted[0], wanted.at(-1)]
    if (first === undefined || last === undefined) return []
    const notes = notesOf(this.#database, { first: first.seq, last: last.seq })
    const events: ReadEvent[] = []
    for (const entry of wanted) {
      const note = noteOf(entry, notes)
      const isOwn = entry.collection === EVENT_ENTRIES
      if (note.silent && !isOwn) continue
      const event = isOwn ? loggedEvent(entry) : await this.#changeEvent(entry, note)
      if (event !== null) events.push({ seq: entry.seq, event })
    }
    return events
  }

  #wants(type: string): boolean {
    return this.#patterns.some((pattern) => matchesEvent(pattern, type))
  }

  async #changeEvent(change: Change, note: ChangeNote): Promise<ProjectEvent | null> {
    const states = await this.#history.at(change.seq)
    if (states === null) return null
    const { collection, docId: key } = change
    return {
      ...headOf(change),
      seq: formatSeq(this.#database.feed.epoch, change.seq),
      change: { collection, key, doc: states.after, old: states.before, function: note.function ?? null },
      data: null,
      chain: note.chain ?? null,
    }
  }
}

/** The collections that have events that a pattern stands for. */
export function collectionsOf(patterns: readonly string[], collections: readonly string[]): readonly string[] {
  return collections.filter((name) =>
    typesOfCollection(name).some((type) => patterns.some((pattern) => matchesEvent(pattern, type))),
  )
}

function typeOf({ collection, op, docId }: Change): string {
  return collection === EVENT_ENTRIES ? String(docId) : `${collection}.${CHANGE_EVENTS[op]}`
}

function loggedEvent(entry: Change): ProjectEvent {
  // `logEvent` alone writes these entries.
  const { data, chain } = JSON.parse(entry.old ?? 'null') as LoggedEvent
  return { ...headOf(entry), seq: null, change: null, data, chain }
}

/** The time with the number: after a restore numbers are given again, but not at the same time. */
function headOf(entry: Change): Pick<ProjectEvent, 'id' | 'type' | 'at'> {
  return {
    id: `${entry.at.toString(36)}-${entry.seq.toString(36)}`,
    type: typeOf(entry),
    at: new Date(entry.at).toISOString(),
  }
}

function noteOf({ seq }: Change, notes: readonly NotedRange[]): ChangeNote {
  return notes.find(({ first, last }) => first <= seq && seq <= last)?.note ?? {}
}
