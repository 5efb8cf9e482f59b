import type { ReadAccess } from '../access/read-access'
import type { DeferredSql } from '../sql/deferred-sql'
import { constant, sql } from '../sql/sql-fragment'
import { documentJson } from './document-json'
import type { ListQuery } from './list-query'
import { isWhole } from './projection'

/** No JSON text has this character: U+001E is escaped in strings, and is no white space. */
const SEPARATOR = '\u001e'

/**
 * A document as a list shows it; with `etags`, behind it the whole document, of which the ETag is made, unless the list shows that.
 * @param shown the JSON of what the list shows
 */
export function taggedDocument(
  { etags, projection }: Pick<ListQuery, 'etags' | 'projection'>,
  shown: DeferredSql,
  { access, alias }: { readonly access: ReadAccess; readonly alias: string },
): DeferredSql {
  if (!etags || isWhole(projection)) return shown
  return sql`(${shown}) || ${constant('char(30)')} || (${documentJson(projection.collection, access, alias)})`
}

/** What the list shows, and the whole document. */
export function partsOfTagged(text: string): { readonly shown: string; readonly whole: string } {
  const at = text.indexOf(SEPARATOR)
  return at === -1 ? { shown: text, whole: text } : { shown: text.slice(0, at), whole: text.slice(at + 1) }
}
