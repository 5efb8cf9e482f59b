import { commandsPage } from './commands-page'
import { errorsPage } from './errors-page'
import { settingsPage } from './settings-page'

/** The pages of docs/ that the code writes, by their file's name. */
export async function writtenPages(): Promise<Readonly<Record<string, string>>> {
  return { 'commands.md': await commandsPage(), 'errors.md': errorsPage(), 'settings.md': settingsPage() }
}
