import { editYaml, pathText, type YamlEdit, YamlEditError, type YamlPath } from '@koyalite/yaml'
import type { Expression, Schema } from '../model'
import { parseSchema } from '../parse-schema'
import type { SchemaEdit, SchemaIntent, SchemaRename } from './schema-edit'
import { type Structure, structureOf } from './schema-structure'
import { yamlEditsFor } from './yaml-edits-for'

export interface EditedSchema {
  readonly text: string
  readonly intents: readonly SchemaIntent[]
  /** What has another name, in the order of the edits: other files may name it too. */
  readonly renames: readonly SchemaRename[]
  /** What was changed besides, each as a path: `collections.posts.rules.read`. */
  readonly rewritten: readonly string[]
}

/** Finds the rules that mention what is renamed: packages/query knows what they mean. */
export type RenameInRules = (
  schema: Schema,
  rename: SchemaRename,
) => readonly { readonly expression: Expression; readonly source: string }[]

/** An edit that does not fit the file. `edit` is its place in the list, from 0. */
export class SchemaEditError extends Error {
  readonly edit: number

  constructor(message: string, edit: number) {
    super(message)
    this.edit = edit
  }
}

/**
 * Changes the text of schema.yaml, edit after edit; comments, order and everything else stay as they are. What is renamed is renamed
 * wherever the file names it: references, indexes, types, defaults, rules and definitions.
 * @throws SchemaEditError where an edit does not fit the file
 */
export function editSchema(
  text: string,
  edits: readonly SchemaEdit[],
  { renameInRules }: { readonly renameInRules: RenameInRules },
): EditedSchema {
  const intents: SchemaIntent[] = []
  const renames: SchemaRename[] = []
  const rewritten: string[] = []
  let current = text
  for (const [i, edit] of edits.entries()) {
    try {
      const structure = structureOf(current)
      const planned = yamlEditsFor(edit, structure)
      const inRules = planned.rename ? ruleEdits(current, structure, planned.rename, renameInRules) : []
      current = editYaml(current, [...inRules, ...planned.besides, ...planned.edits])
      intents.push(...planned.intents)
      if (planned.rename) renames.push(planned.rename)
      rewritten.push(...[...inRules, ...planned.besides].map(({ path }) => pathText(path)))
    } catch (error) {
      if (!(error instanceof YamlEditError)) throw error
      throw new SchemaEditError(error.message, i)
    }
  }
  return { text: current, intents, renames, rewritten: [...new Set(rewritten)] }
}

/** Of a file with mistakes nobody knows what its rules mean: they stay, and are checked when it is mended. */
function ruleEdits(
  text: string,
  structure: Structure,
  rename: SchemaRename,
  renameInRules: RenameInRules,
): readonly YamlEdit[] {
  const parsed = parseSchema(text, { file: 'schema.yaml' })
  if (!parsed.ok) return []
  return renameInRules(parsed.schema, rename).flatMap(({ expression, source }) => {
    const path: YamlPath | undefined = structure.textAt(expression.position)
    return path === undefined ? [] : [{ type: 'set', path, value: source }]
  })
}
