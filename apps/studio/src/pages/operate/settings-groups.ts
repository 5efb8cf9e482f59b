import type { Setting } from './settings'

export interface SettingsGroup {
  readonly name: string
  readonly settings: readonly Setting[]
}

/** Of what was set, and then of the sections of koyalite.yaml; every setting once. @param searched words, all of which are to be found */
export function groupsOf(settings: readonly Setting[], searched: string): readonly SettingsGroup[] {
  const words = searched.toLowerCase().split(/\s+/).filter(Boolean)
  const found = settings.filter(({ path, help, variable }) => {
    const text = `${path} ${path.replaceAll(/[._]/g, ' ')} ${help} ${variable}`.toLowerCase()
    return words.every((word) => text.includes(word))
  })
  const groups = new Map<string, Setting[]>()
  for (const setting of found) {
    const name = setting.origin.kind === 'default' ? sectionOf(setting) : CHANGED
    groups.set(name, [...(groups.get(name) ?? []), setting])
  }
  return [...groups]
    .map(([name, members]) => ({ name, settings: members }))
    .toSorted((a, b) => Number(b.name === CHANGED) - Number(a.name === CHANGED))
}

const CHANGED = 'Changed from the default'

function sectionOf({ path }: Setting): string {
  return path.split('.')[0] ?? path
}
