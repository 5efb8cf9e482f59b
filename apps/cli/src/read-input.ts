import { readFileSync } from 'node:fs'
import { CommandError } from './command-error'

/** What an argument holds itself, or names: `@file`, or `-` for standard input. */
export function readInputBytes(input: string): Uint8Array<ArrayBuffer> {
  if (input === '-') return new Uint8Array(readFileSync(0))
  if (!input.startsWith('@')) return new TextEncoder().encode(input)
  const path = input.slice(1)
  try {
    return new Uint8Array(readFileSync(path))
  } catch (cause) {
    throw new CommandError(`${path} cannot be read`, { exitCode: 2, cause })
  }
}
