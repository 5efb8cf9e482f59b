/** Splits a command as a shell would: quotes, `$NAME` outside of single quotes, and lines that go on after a backslash. */
export function shellWords(command: string, variables: ReadonlyMap<string, string>): readonly string[] {
  const words: string[] = []
  let word: string | undefined
  const expand = (text: string): string => text.replace(/\$(\w+)/g, (_, name: string) => variables.get(name) ?? '')
  const pieces = command.replaceAll('\\\n', ' ').matchAll(/(\s+)|'([^']*)'|"([^"]*)"|([^\s'"]+)/g)
  for (const [, space, single, double, plain] of pieces) {
    if (space !== undefined) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else word = (word ?? '') + (single ?? expand(double ?? plain ?? ''))
  }
  return word === undefined ? words : [...words, word]
}
