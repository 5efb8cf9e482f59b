import { etagOf } from '@koyalite/kernel'
import { partsOfTagged } from '@koyalite/query'
import type { Key } from './window'
import type { WindowDiff } from './window-diff'

/**
 * The texts of messages. They are put together, not serialised: documents are JSON already, as SQL has made them, and what many
 * subscribers get differs in the id of the subscription only.
 */

/** A message as all get it that the same change makes one for: without the subscription's id and the resume token, which differ. */
export interface Body {
  /** `epoch.n`. */
  readonly seq: string
  readonly text: string
}

/** How one subscriber's message begins: their name of the subscription, and what they continue with after this message. */
export interface MessageHeader {
  readonly id: string
  /** What follows `epoch.n.` in the resume token. */
  readonly stamp: string
}

export function deltaBody(
  diff: WindowDiff | null,
  textOf: (key: Key) => string,
  state: {
    readonly seq: string
    readonly total: number | null
    readonly showsKey: boolean
    readonly etags: boolean
  },
): Body {
  const { inserts = [], updates = [], deletes = [] } = diff ?? {}
  const change = ({ key, after }: { readonly key: Key; readonly after?: Key | null | undefined }) => {
    const place = after === undefined ? '' : `,"after":${JSON.stringify(after)}`
    const text = textOf(key)
    const { shown, whole } = state.etags ? partsOfTagged(text) : { shown: text, whole: '' }
    const named = state.showsKey ? '' : `,"key":${JSON.stringify(key)}`
    const tagged = state.etags ? `,"etag":${JSON.stringify(etagOf(whole))}` : ''
    return `{"doc":${shown}${place}${named}${tagged}}`
  }
  const text = `,"seq":"${state.seq}"${totalOf(state.total)},"changes":{"inserts":[${inserts.map(change).join(',')}],"updates":[${updates.map(change).join(',')}],"deletes":${JSON.stringify(deletes)}}}}`
  return { seq: state.seq, text }
}

export function deltaText(heading: MessageHeader, body: Body): string {
  return `{"type":"delta","payload":{${headingText(heading, body)}${body.text}`
}

export function subscribedText(
  requestId: string | number,
  payload: {
    readonly subscription_id: string
    readonly resume: string
    readonly seq: string
    readonly resumed: boolean
  },
): string {
  return JSON.stringify({ id: requestId, type: 'subscribed', payload })
}

/** The type of a message, and the resume token of a snapshot or delta. These are our own texts: what stands first is not from a document. */
export function headingOf(text: string): { readonly type: string; readonly resume: string | null } {
  const [, type = 'message', resume = null] = HEADING.exec(text) ?? []
  return { type, resume: type === 'delta' || type === 'snapshot' ? resume : null }
}

const HEADING =
  /^\{(?:"id":(?:"(?:[^"\\]|\\.)*"|[^,]*),)?"type":"(\w+)"(?:,"payload":\{"subscription_id":"[^"]*","resume":"([^"]*)")?/

export function headingText({ id, stamp }: MessageHeader, { seq }: Pick<Body, 'seq'>): string {
  return `"subscription_id":"${id}","resume":"${seq}.${stamp}"`
}

function totalOf(total: number | null): string {
  return total === null ? '' : `,"total":${total}`
}
