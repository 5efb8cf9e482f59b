import {
  type Change,
  type ChangeNote,
  EVENT_ENTRIES,
  formatSeq,
  matchesEvent,
  type ProjectEvent,
} from '@koyalite/contracts'
import type { Database } from '@koyalite/sqlite'
import { eventId } from './event-id'
import { CHANGE_EVENTS, typesOfCollection } from './event-types'
import { ChangeHistory } from './history/change-history'
import { DeletionCauses } from './history/deletion-causes'
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
  readonly #shapes: Shapes
  readonly #history: ChangeHistory
  readonly #causes: DeletionCauses
  readonly #patterns: readonly string[]

  /** @param shapes of all collections */
  constructor(database: Database, shapes: Shapes, patterns: readonly string[]) {
    const wanted = collectionsOf(patterns, [...shapes.keys()])
    this.#database = database
    this.#shapes = shapes
    this.#history = new ChangeHistory(database, new Map([...shapes].filter(([name]) => wanted.includes(name))))
    this.#causes = new DeletionCauses(database, shapes)
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
    const { before: old, after: doc } = states
    const cause = await this.#causes.of(change, this.#shapes, doc)
    return {
      ...headOf(change),
      seq: formatSeq(this.#database.feed.epoch, change.seq),
      change: { collection, key, doc, old, function: note.function ?? null, cause },
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

function headOf(entry: Change): Pick<ProjectEvent, 'id' | 'type' | 'at'> {
  return {
    id: eventId(entry),
    type: typeOf(entry),
    at: new Date(entry.at).toISOString(),
  }
}

function noteOf({ seq }: Change, notes: readonly NotedRange[]): ChangeNote {
  return notes.find(({ first, last }) => first <= seq && seq <= last)?.note ?? {}
}
