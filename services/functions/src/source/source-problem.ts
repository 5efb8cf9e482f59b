import type { Position } from '@koyalite/yaml'

/** One thing wrong with the source of a function, or doubtful. `message` includes what to do about it. */
export interface SourceProblem {
  /** Relative to the project's folder, with `/`. */
  readonly file: string
  /** Null where it is about the file as a whole, or about a value that code has. */
  readonly position: Position | null
  readonly message: string
}

/** `functions/pay.yaml:3:5 unknown key 'tiemout' in a manifest (did you mean 'timeout'?)` */
export function formatSourceProblem({ file, position, message }: SourceProblem): string {
  const place = position === null ? '' : `:${position.line}:${position.column}`
  return `${file}${place} ${message}`
}
