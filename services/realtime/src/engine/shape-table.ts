/**
 * Texts of statements, each kept once: thousands of groups differ in their parameters only. When there are many, those that came
 * first are forgotten; a text that comes again has another number then, which costs sharing and nothing else.
 */
export interface ShapeTable {
  share(text: string): string
  /** A number that no other text has. */
  idOf(text: string): number
}

const MAX_SHAPES = 5000

export function createShapeTable(): ShapeTable {
  const shapes = new Map<string, { readonly text: string; readonly id: number }>()
  let ids = 0
  const shape = (text: string) => {
    const known = shapes.get(text)
    if (known) return known
    const oldest = shapes.size >= MAX_SHAPES ? shapes.keys().next().value : undefined
    if (oldest !== undefined) shapes.delete(oldest)
    const added = { text, id: ids++ }
    shapes.set(text, added)
    return added
  }
  return { share: (text) => shape(text).text, idOf: (text) => shape(text).id }
}
