import { commandName } from './command-name'

/** A command on a project in a folder, as somebody would type it where they are. */
export function commandLine(args: readonly string[], dir: string): string {
  return [commandName(), ...args, ...(dir === '.' ? [] : ['--dir', dir])].map(quoted).join(' ')
}

/** A word as a shell takes it. */
export function quoted(word: string): string {
  return /^[\w./:=@-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
