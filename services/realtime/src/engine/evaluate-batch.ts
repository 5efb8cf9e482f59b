import { formatSeq } from '@koyalite/contracts'
import { committedSeq } from '../store/change-log'
import { type DocumentsOfList, documentsOfLists, NO_DOCUMENTS } from './documents-of-lists'
import type { GroupContext, LiveGroup } from './live-group'
import { type Body, deltaBody } from './messages'
import type { Pending } from './pending'
import type { LiveShape } from './shape-table'
import { type Window, windowAfter } from './window'
import { diffWindows, type WindowDiff } from './window-diff'
import { stepWindow } from './window-step'

/** Pairs of a list and a document that one statement looks at, and documents that it makes: about a millisecond. */
const MAX_PAIRS = 4096
const MAX_DOCUMENTS = 256
const MAX_GROUPS = 256

/** So many groups that wait for the same changes are evaluated at once. */
export function batchLimit({ keys }: Pending, { isShared }: LiveShape): number {
  const most = Math.floor((isShared ? MAX_PAIRS : MAX_DOCUMENTS) / keys.length)
  return Math.max(1, Math.min(MAX_GROUPS, most))
}

/**
 * Brings groups of one shape, which wait for the same changes, to the state `seq`: one statement tells which of the changed documents each
 * of them has. Those that have the same ones and had the same window come to the same window, by the same delta. Returns the groups
 * of which that does not tell it; null where reads have come to see a later state meanwhile, and nothing was done.
 */
export function evaluateBatch(context: GroupContext, groups: readonly LiveGroup[], seq: number): LiveGroup[] | null {
  const [first] = groups
  if (!first?.pending) return []
  const { database } = context
  const { pending } = first
  const { shape } = first.list
  const lists = groups.map(({ list }) => list.params as string)
  const { keys, from } = pending
  const now = documentsOfLists(database, shape, { lists, keys, before: null })
  const then = shape.count ? documentsOfLists(database, shape, { lists, keys, before: from }) : null
  // Where another process writes, it may have committed between two reads.
  if (database.follows && committedSeq(database) !== seq) return null
  const steps = new Steps(context, { shape, pending, seq })
  const unknown: LiveGroup[] = []
  const told: { readonly group: LiveGroup; readonly body: Body }[] = []
  for (const [index, group] of groups.entries()) {
    const documents = now.get(index) ?? NO_DOCUMENTS
    const more = then === null ? 0 : documents.found.length - (then.get(index) ?? NO_DOCUMENTS).found.length
    const step = steps.of(group.window as Window, documents, more)
    if (step === null) {
      unknown.push(group)
      continue
    }
    group.stepTo(step.window, seq)
    if (step.body !== null) told.push({ group, body: step.body })
  }
  if (told.length > 0) {
    context.deliver(seq, function* () {
      for (const { group, body } of told) yield* group.send(body)
    })
  }
  return unknown
}

/** What a window becomes, and the delta that says so, if there is anything to say. */
interface Step {
  readonly window: Window
  readonly body: Body | null
}

interface Changes {
  readonly shape: LiveShape
  readonly pending: Pending
  readonly seq: number
}

/** What the changes do to windows, worked out once for each that is different. */
class Steps {
  readonly #context: GroupContext
  readonly #changes: Changes
  readonly #known = new Map<Window, Map<string, Step | null>>()

  constructor(context: GroupContext, changes: Changes) {
    this.#context = context
    this.#changes = changes
  }

  /** `more` is by how many documents the list has become longer. Null where it takes the page to tell. */
  of(window: Window, documents: DocumentsOfList, more: number): Step | null {
    let ofWindow = this.#known.get(window)
    if (!ofWindow) {
      ofWindow = new Map()
      this.#known.set(window, ofWindow)
    }
    const name = `${documents.id} ${more}`
    let step = ofWindow.get(name)
    if (step === undefined) {
      step = this.#step(window, documents, more)
      ofWindow.set(name, step)
    }
    return step
  }

  #step(before: Window, documents: DocumentsOfList, more: number): Step | null {
    const { shape, pending, seq } = this.#changes
    const moved = move(before, shape, pending, documents)
    if (moved === null) return null
    // The page says that the list has become too long.
    if (shape.isAll && moved.window.more) return null
    const total = before.total === null ? null : before.total + more
    if (moved.window === before && total === before.total) return { window: before, body: null }
    const { windows, database } = this.#context
    // Values that nobody sees may still differ, for example sort keys.
    const window = windows.share({ ...moved.window, total }, shape)
    if (moved.diff === null && total === before.total) return { window, body: null }
    const texts = new Map(documents.found.map(({ entry, text }) => [entry.key, text]))
    const state = { seq: formatSeq(database.feed.epoch, seq), total, showsKey: shape.showsKey, etags: shape.etags }
    return { window, body: deltaBody(moved.diff, (key) => texts.get(key) as string, state) }
  }
}

/** A window after the changes, and the difference; null where it takes the page to tell. */
function move(
  before: Window,
  shape: LiveShape,
  { keys }: Pending,
  { found }: DocumentsOfList,
): { readonly window: Window; readonly diff: WindowDiff | null } | null {
  const [key] = keys
  if (keys.length === 1 && key !== undefined) return stepWindow(before, shape, key, found[0])
  const window = windowAfter(before, shape, new Set(keys), found)
  const diff = window === null ? null : diffWindows(before, window)
  return window === null || diff?.isSequential === false ? null : { window, diff }
}
