/** A line that a process has written to its standard output or standard error. */
export interface OutputLine {
  readonly level: 'info' | 'error'
  readonly message: string
}

const MAX_LINE = 8 * 1024

/** Reads what a process writes, line by line, with bounded memory however much it writes; long lines are cut. */
export async function readLines(
  stream: ReadableStream<Uint8Array>,
  level: OutputLine['level'],
  take: (line: OutputLine) => void,
): Promise<void> {
  const decoder = new TextDecoder()
  let rest = ''
  const line = (text: string) => {
    if (text.trim() !== '') take({ level, message: text.length > MAX_LINE ? `${text.slice(0, MAX_LINE)}…` : text })
  }
  try {
    for await (const piece of stream) {
      const lines = (rest + decoder.decode(piece, { stream: true })).split('\n')
      rest = lines.pop() ?? ''
      for (const text of lines) line(text)
      // Of a line without an end only its beginning is kept.
      if (rest.length > MAX_LINE) rest = rest.slice(0, MAX_LINE + 1)
    }
  } catch {
    // The process was ended while it wrote.
  }
  line(rest)
}
