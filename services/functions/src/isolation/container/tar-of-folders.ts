export interface Folder {
  readonly path: string
  readonly mode: number
}

const BLOCK = 512
const OWNER_AT = [108, 116]
const SIZE_AT = 124
const TIME_AT = 136
const CHECKSUM_AT = 148

/** A tar archive (POSIX ustar) of empty folders of root. */
export function tarOfFolders(folders: readonly Folder[]): Uint8Array {
  // Two empty blocks end it.
  const archive = new Uint8Array((folders.length + 2) * BLOCK)
  for (const [index, folder] of folders.entries()) archive.set(header(folder), index * BLOCK)
  return archive
}

function header({ path, mode }: Folder): Uint8Array {
  const bytes = new Uint8Array(BLOCK)
  const put = (at: number, text: string) => bytes.set(new TextEncoder().encode(text), at)
  const octal = (value: number, width: number) => value.toString(8).padStart(width, '0')
  put(0, `${path}/`)
  put(100, octal(mode, 7))
  for (const at of OWNER_AT) put(at, octal(0, 7))
  for (const at of [SIZE_AT, TIME_AT]) put(at, octal(0, 11))
  put(156, '5')
  put(257, 'ustar\u000000')
  // The sum of all bytes, as if its own place held spaces.
  put(CHECKSUM_AT, ' '.repeat(8))
  const sum = bytes.reduce((total, byte) => total + byte, 0)
  put(CHECKSUM_AT, `${octal(sum, 6)}\u0000 `)
  return bytes
}
