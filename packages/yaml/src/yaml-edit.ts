import type { JsonValue } from '@koyalite/contracts'

/** Keys of maps, and positions in lists from 0. */
export type YamlPath = readonly (string | number)[]

/** One change of a YAML file. What is written in lines is written so to `lines` levels, and below them in one line. */
export type YamlEdit =
  /** Replaces a value, or adds it: at the end of its map or list, or before an entry of that. Maps on the way are made. */
  | {
      readonly type: 'set'
      readonly path: YamlPath
      readonly value: JsonValue
      readonly before?: string | number
      readonly lines?: number
    }
  | { readonly type: 'remove'; readonly path: YamlPath }
  | { readonly type: 'rename'; readonly path: YamlPath; readonly to: string }
  /** Puts an entry before another one of its map or list; without `before` at the end. */
  | { readonly type: 'move'; readonly path: YamlPath; readonly before?: string | number }

/** A place of the file that cannot be changed without touching others: an alias, say. */
export class YamlEditError extends Error {}

/** `collections.posts.fields.title` */
export function pathText(path: YamlPath): string {
  return path.join('.')
}
