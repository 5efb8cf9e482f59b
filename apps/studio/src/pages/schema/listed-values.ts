/** Values that are typed one after the other, separated by commas: each once, in their order. */
export function listedValues(text: string): readonly string[] {
  return [...new Set(text.split(',').map((value) => value.trim()))].filter((value) => value !== '')
}
