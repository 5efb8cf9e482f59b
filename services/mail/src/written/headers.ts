const MAX_VALUE = 900
const OWN_NAME = /^X-[A-Za-z0-9](?:[A-Za-z0-9-]{0,58}[A-Za-z0-9])?$/i
const UNSUBSCRIBE = /^<(?:https?:\/\/|mailto:)[^\s<>,]+>(?:, ?<(?:https?:\/\/|mailto:)[^\s<>,]+>)*$/

/** What is wrong with a header that code has set; null where it may. Others say how a mail travels, which is not for code to say. */
export function headerProblem(name: string, value: string): string | null {
  const shown = JSON.stringify(name.slice(0, 80))
  const lower = name.toLowerCase()
  const isKnown = lower === 'list-unsubscribe' || lower === 'list-unsubscribe-post'
  if (!isKnown && !OWN_NAME.test(name))
    return `may be List-Unsubscribe, List-Unsubscribe-Post and names that begin with X-; not ${shown}`
  if (value.length > MAX_VALUE || !/^[\x20-\x7e]*$/.test(value))
    return `may have values of at most ${MAX_VALUE} ASCII characters on one line; that of ${shown} has others`
  if (lower === 'list-unsubscribe' && !UNSUBSCRIBE.test(value))
    return 'may have a List-Unsubscribe like <https://example.com/unsubscribe?token=…>, <mailto:unsubscribe@example.com>'
  if (lower === 'list-unsubscribe-post' && value !== 'List-Unsubscribe=One-Click')
    return 'may have a List-Unsubscribe-Post of List-Unsubscribe=One-Click'
  return null
}
