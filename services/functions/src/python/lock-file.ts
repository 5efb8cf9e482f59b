/**
 * What packages come to: names, versions and hashes, as pip reads them. The first line says what it was made of, so that a change of that is seen.
 */
export interface Lock {
  readonly text: string
  /** Of the lines that it was made of. */
  readonly madeOf: string
}

const HEAD = /^# Written by koyalite from packages with the hash ([0-9a-f]{16}): commit it, do not edit it\.\n/

export function hashOfLines(lines: readonly string[]): string {
  return new Bun.CryptoHasher('sha256')
    .update([...lines].sort().join('\n'))
    .digest('hex')
    .slice(0, 16)
}

/** Null for a file that this server has not written. */
export function readLock(text: string): Lock | null {
  const madeOf = HEAD.exec(text)?.[1]
  return madeOf === undefined ? null : { text, madeOf }
}

export function lockText(lines: readonly string[], resolved: string): string {
  const hash = hashOfLines(lines)
  return `# Written by koyalite from packages with the hash ${hash}: commit it, do not edit it.\n${resolved}`
}
