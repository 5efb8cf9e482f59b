const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** What is searched for in the box: an id, or a part of an email address. */
export function userFilter(text: string): { readonly filter?: readonly string[] } {
  const asked = text.trim()
  if (asked === '') return {}
  const condition = ID.test(asked) ? { id: asked.toLowerCase() } : { email: { $like: `%${asked}%` } }
  return { filter: [JSON.stringify(condition)] }
}
