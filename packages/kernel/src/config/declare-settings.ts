import { z } from 'zod'
import { type OptionNode, optionTree } from './option-tree'

/** Sections of koyalite.yaml by their names, each declared once: types, defaults, help, what is secret, what needs a restart. */
export type SettingsSections = Readonly<Record<string, z.ZodType>>

/** What is read of them. Durations in milliseconds, sizes in bytes. */
export type SettingsOf<Sections extends SettingsSections> = {
  readonly [name in keyof Sections]: z.output<Sections[name]>
}

/** All settings of a program. */
export interface SettingsDeclaration<Settings> {
  /** Refuses undeclared settings. */
  readonly type: z.ZodType<Settings>
  readonly tree: OptionNode
}

/** Puts the sections of several owners together. */
export function declareSettings<Sections extends SettingsSections>(
  sections: Sections,
): SettingsDeclaration<SettingsOf<Sections>> {
  const type = z.strictObject(sections)
  // The object's output is the sections' outputs by name; Zod says so in a type of its own.
  return { type: type as unknown as z.ZodType<SettingsOf<Sections>>, tree: optionTree(type) }
}
