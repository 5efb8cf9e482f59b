import { userConditions } from './user-search'

/** What a picker searches for: an id, or a part of an email address. */
export function userFilter(text: string): { readonly filter?: readonly string[] } {
  return userConditions(text, ['email'])
}
