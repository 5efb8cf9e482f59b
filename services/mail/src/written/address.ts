import { domainToASCII } from 'node:url'

const MAX_LENGTH = 254
const MAX_LOCAL = 64
/** What stands between the dots before the @: neither quotes nor comments, which programs read in different ways. */
const ATOM = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+$/
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/** One plain address, with its domain as servers know it; null where it is anything else. Takes the same time for all that are as long. */
export function plainAddress(written: string): string | null {
  if (written.length > MAX_LENGTH) return null
  const at = written.indexOf('@')
  if (at < 1 || at > MAX_LOCAL || at !== written.lastIndexOf('@')) return null
  const local = written.slice(0, at)
  if (!local.split('.').every((atom) => ATOM.test(atom))) return null
  const named = written.slice(at + 1)
  // What is changed to something else there would be another domain than the one that is read.
  if (/[\s\p{C}%/\\:?#[\]<>"(),;]/u.test(named)) return null
  const domain = domainToASCII(named)
  const labels = domain.split('.')
  if (!labels.every((label) => LABEL.test(label)) || labels.every((label) => /^\d+$/.test(label))) return null
  const address = `${local}@${domain}`
  return address.length > MAX_LENGTH ? null : address
}
