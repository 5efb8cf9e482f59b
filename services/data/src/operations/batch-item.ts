import { AppError } from '@koyalite/contracts'
import type { Ready } from '../hooks/ready'
import type { NewDocument } from '../store/insert-documents'
import type { Assertion } from './assert-document'
import type { Key } from './batch-operation'
import type { PreparedReplacement } from './replace-document'
import type { WriteStep } from './write-outcome'

/** One of several writes: a new document can be inserted together with its neighbours, and so can one that an upsert creates. */
export type Prepared = NewDocument | PreparedReplacement | WriteStep

/** What can be done at once. */
export type ReadyItem = Prepared | Assertion

/** The key of the document of an operation that has run. @param name of its primary key */
export type KeyOf = (operation: number, name: string) => Key

/** An operation that names keys of earlier ones. */
export interface DeferredItem {
  /** The last of these. */
  readonly needs: number
  readonly prepare: (keyOf: KeyOf) => ReadyItem
  readonly ready: Ready
}

export type BatchItem = ReadyItem | DeferredItem

/** What a write has to wait for before it is queued. */
export function readyOf(one: BatchItem): Ready {
  if ('holds' in one) return undefined
  if ('values' in one) return one.hooked?.preparation.ready
  return ('step' in one ? one.step : one).ready
}

/** The items of one run, each prepared once. */
export interface ReadyItems {
  /** The one whose turn it is. Throws what it throws when it is prepared. */
  at(index: number): ReadyItem
  /** A later one; null where there is none, it cannot be prepared yet, or it must throw when its turn comes. */
  ahead(index: number): ReadyItem | null
}

/** @param results JSON texts of the documents so far, to which later ones are added */
export function readyItems(items: readonly BatchItem[], results: readonly (string | null)[]): ReadyItems {
  const prepared = new Map<number, ReadyItem>()
  const keys = new Map<number, Key>()
  const keyOf: KeyOf = (operation, name) => {
    let key = keys.get(operation)
    if (key === undefined) {
      const document = JSON.parse(results[operation] ?? '{}') as Readonly<Record<string, Key>>
      key = document[name] as Key
      keys.set(operation, key)
    }
    return key
  }
  const at = (index: number): ReadyItem => {
    const item = items[index] as BatchItem
    if (!('needs' in item)) return item
    let ready = prepared.get(index)
    if (ready === undefined) {
      ready = item.prepare(keyOf)
      prepared.set(index, ready)
    }
    return ready
  }
  return {
    at,
    ahead(index) {
      const item = items[index]
      if (item === undefined || ('needs' in item && item.needs >= results.length)) return null
      try {
        return at(index)
      } catch (error) {
        if (error instanceof AppError) return null
        throw error
      }
    },
  }
}
