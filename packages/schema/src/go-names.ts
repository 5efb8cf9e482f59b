/** Words that Go writes in capitals, as its linters have them. */
const INITIALISMS = new Set(
  'ACL API ASCII CPU CSS DNS EOF GUID HTML HTTP HTTPS ID IP JSON QPS RAM RPC SLA SMTP SQL SSH TCP TLS TTL UDP UI GID UID UUID URI URL UTF8 VM XML XMPP XSRF XSS SIP RTP AMQP DB TS'.split(
    ' ',
  ),
)

/** `author_id` is `AuthorID`, `in-progress` is `InProgress`; empty where a text has neither letters nor digits. */
export function goName(text: string): string {
  return (text.match(/[\p{L}\p{Nd}]+/gu) ?? []).map(goWord).join('')
}

function goWord(word: string): string {
  const upper = word.toUpperCase()
  if (INITIALISMS.has(upper)) return upper
  if (/s$/.test(word) && INITIALISMS.has(upper.slice(0, -1))) return `${upper.slice(0, -1)}s`
  const [first = '', ...rest] = word
  return first.toUpperCase() + rest.join('')
}

/** `ApiKey`, as other languages have it, is `APIKey`. */
export function goTypeName(pascal: string): string {
  return goName(pascal.replace(/(?<=[a-z\d])(?=[A-Z])/g, '_'))
}

/** Names of one scope, each used once. */
export interface Scope {
  /** @returns `name`, or with a number where it is taken */
  take(name: string): string
  isTaken(name: string): boolean
}

export function scope(taken: Iterable<string>): Scope {
  const names = new Set(taken)
  return {
    isTaken: (name) => names.has(name),
    take(wanted) {
      let name = wanted
      for (let n = 2; names.has(name); n++) name = `${wanted}${n}`
      names.add(name)
      return name
    },
  }
}
