import { z } from 'zod'
import { type OptionNode, type OptionPath, optionTree } from './option-tree'

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

/** Looks at what no option can check by itself: whether settings fit one another. `fault` takes the path of one that does not, and why. */
export type SettingsCheck<Settings> = (settings: Settings, fault: (path: OptionPath, message: string) => void) => void

/** Puts the sections of several owners together. `checks` run where every setting is valid by itself. */
export function declareSettings<Sections extends SettingsSections>(
  sections: Sections,
  checks: readonly SettingsCheck<never>[] = [],
): SettingsDeclaration<SettingsOf<Sections>> {
  const type = z.strictObject(sections).superRefine((settings, context) => {
    const fault = (path: OptionPath, message: string) => context.addIssue({ code: 'custom', path: [...path], message })
    for (const check of checks) check(settings as never, fault)
  })
  // The object's output is the sections' outputs by name; Zod says so in a type of its own.
  return { type: type as unknown as z.ZodType<SettingsOf<Sections>>, tree: optionTree(type) }
}
