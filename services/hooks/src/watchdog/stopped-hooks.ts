import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'

const entry = z.object({
  /** `posts.beforeCreate in hooks/posts.ts` */
  place: z.string(),
  /** Of the code that did not end. */
  hash: z.string(),
  /** When the process was ended for it. ISO. */
  at: z.array(z.string()),
})
const content = z.object({ hooks: z.array(entry) })

export type StoppedHook = z.output<typeof entry>

/** After so many times a hook stays off, until its code is another. */
export const TIMES_UNTIL_OFF = 3

/** Beside the database, for it must outlive a process that writes nothing any more. */
export function stoppedFile(dir: string): string {
  return join(dir, 'data', 'hooks', 'stopped.json')
}

/** The hooks that did not end, and for which the process was. One that cannot be read says nothing. */
export function readStopped(file: string): readonly StoppedHook[] {
  try {
    return existsSync(file) ? content.parse(JSON.parse(readFileSync(file, 'utf8'))).hooks : []
  } catch {
    return []
  }
}

/** Called in the thread that ends the process. */
export function noteStopped(file: string, { place, hash }: Pick<StoppedHook, 'place' | 'hash'>, now: string): void {
  const stopped = readStopped(file)
  const others = stopped.filter((one) => one.place !== place)
  const before = stopped.find((one) => one.place === place && one.hash === hash)
  writeStopped(file, [...others, { place, hash, at: [...(before?.at ?? []), now] }])
}

/** Whole or not at all. */
export function writeStopped(file: string, hooks: readonly StoppedHook[]): void {
  mkdirSync(dirname(file), { recursive: true })
  const part = `${file}.part`
  writeFileSync(part, JSON.stringify({ hooks }), { mode: 0o600 })
  renameSync(part, file)
}
