import type { DescribedOption, SettingsProblem } from '@koyalite/kernel'

/** What the files of settings say. */
export type ReadSettings =
  | { readonly ok: true; readonly options: readonly DescribedOption[] }
  | { readonly ok: false; readonly problems: readonly SettingsProblem[] }

/** Texts of files by their names: `koyalite.yaml`, `.env`. */
export type SettingsTexts = Readonly<Record<string, string>>

/** The server of a project, as changes of its settings need it. */
export interface SettingsHost {
  /** Reads and checks all files. @param drafts what some of them are to say */
  read(drafts?: SettingsTexts): ReadSettings
  /** Null where there is no such file. */
  textOf(name: string): string | null
  /** Writes files, each whole or not at all, and serves what they say. Returns the options that wait for another start. */
  write(texts: SettingsTexts): Promise<readonly string[]>
  /** Options whose value in the files is not the one that is served: they wait for another start. */
  waiting(): readonly string[]
}
