import type { Key } from './window'
import type { WindowDiff } from './window-diff'

/**
 * The texts of messages. They are put together, not serialised: documents are JSON already, as SQL has made them, and what many
 * subscribers get differs in the id of the subscription only.
 */

/** A delta without its beginning, for all lanes of a group. */
export function deltaBody(
  diff: WindowDiff | null,
  textOf: (key: Key) => string,
  state: { readonly seq: string; readonly total: number | null; readonly showsKey: boolean },
): string {
  const { inserts = [], updates = [], deletes = [] } = diff ?? {}
  const change = ({ key, after }: { readonly key: Key; readonly after?: Key | null | undefined }) => {
    const place = after === undefined ? '' : `,"after":${JSON.stringify(after)}`
    return `{"doc":${textOf(key)}${place}${state.showsKey ? '' : `,"key":${JSON.stringify(key)}`}}`
  }
  return `,"seq":"${state.seq}"${totalOf(state.total)},"changes":{"inserts":[${inserts.map(change).join(',')}],"updates":[${updates.map(change).join(',')}],"deletes":${JSON.stringify(deletes)}}}}`
}

/** A delta for those who know the subscription by this id. */
export function deltaText(subscriptionId: string, body: string): string {
  return `{"type":"delta","payload":{"subscription_id":"${subscriptionId}"${body}`
}

/** A snapshot without its beginning, for everyone who gets it. */
export function snapshotBody(
  texts: readonly string[],
  state: { readonly seq: string; readonly total: number | null; readonly keys: readonly Key[] | null },
): string {
  const keys = state.keys === null ? '' : `,"keys":${JSON.stringify(state.keys)}`
  return `,"docs":[${texts.join(',')}]${keys}${totalOf(state.total)},"seq":"${state.seq}"}}`
}

export function snapshotText(requestId: string | number, subscriptionId: string, body: string): string {
  return `{"id":${JSON.stringify(requestId)},"type":"snapshot","payload":{"subscription_id":"${subscriptionId}"${body}`
}

export function subscribedText(
  requestId: string | number,
  payload: { readonly subscription_id: string; readonly seq: string; readonly resumed: boolean },
): string {
  return JSON.stringify({ id: requestId, type: 'subscribed', payload })
}

function totalOf(total: number | null): string {
  return total === null ? '' : `,"total":${total}`
}
