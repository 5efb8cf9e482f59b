import { Option } from 'commander'

/** An option that may be given several times; its values are a list. @param otherwise what holds where it is not given, for the help */
export function repeatableOption(flags: string, description: string, otherwise: string): Option {
  return new Option(flags, `${description}; may be repeated`)
    .argParser((value: string, all: readonly string[]) => [...all, value])
    .default([], otherwise)
}
