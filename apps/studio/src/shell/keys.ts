/** One key or chord of the studio, as the sheet behind `?` lists it. */
export interface KeyEntry {
  /** `Mod+K` (Ctrl, on a Mac Cmd), `g d` (one after the other), `/`. */
  readonly keys: string
  readonly what: string
  readonly group: KeyGroup
}

export const KEY_GROUPS = ['Everywhere', 'Go to', 'On this page', 'Document', 'Grid', 'Editor'] as const
export type KeyGroup = (typeof KEY_GROUPS)[number]

/**
 * Every key of the studio. `useKeys` gives one something to do; what a component listens to itself, like the grid, it
 * lists with `useListedKeys`. Single letters work outside of inputs and cells, and operators can switch them off.
 */
export const KEYS = {
  palette: key('Mod+K', 'Find anything', 'Everywhere'),
  sheet: key('?', 'Show these keys', 'Everywhere'),
  out: key('Escape', 'Close what is open, one level at a time', 'Everywhere'),

  goHome: key('g h', 'Home', 'Go to'),
  goData: key('g d', 'Data', 'Go to'),
  goSchema: key('g s', 'Schema', 'Go to'),
  goSql: key('g q', 'SQL', 'Go to'),
  goPolicies: key('g p', 'Policies', 'Go to'),
  goUsers: key('g u', 'Users', 'Go to'),
  goFunctions: key('g f', 'Functions', 'Go to'),
  goJobs: key('g j', 'Jobs', 'Go to'),
  goOutgoing: key('g w', 'Outgoing: webhooks, mail', 'Go to'),
  goObserve: key('g o', 'Observe', 'Go to'),
  goOperate: key('g b', 'Backups', 'Go to'),
  goApi: key('g a', 'API', 'Go to'),

  search: key('/', 'Search on this page', 'On this page'),
  new: key('n', 'New', 'On this page'),
  save: key('Mod+S', 'Save the form', 'On this page'),
  undo: key('Mod+Z', 'Undo your last change', 'On this page'),
  redo: key('Mod+Shift+Z', 'Redo it', 'On this page'),
  block: key('b', 'Block the user', 'On this page'),
  viewAs: key('v', 'View documents as the user', 'On this page'),
  listMove: key('Arrows', 'Next or previous entry of a list that shows one beside it', 'On this page'),

  previousDocument: key('[', 'Previous document', 'Document'),
  nextDocument: key(']', 'Next document', 'Document'),
  history: key('h', 'Who changed it', 'Document'),

  gridMove: key('Arrows', 'Move; with Shift select, with Ctrl to the edge', 'Grid'),
  gridEdit: key('F2', 'Edit the cell; Enter does too, typing replaces it', 'Grid'),
  gridNull: key('Delete', 'Set NULL, or delete the selected documents', 'Grid'),
  gridCopy: key('Mod+C', 'Copy; with Shift with the headers', 'Grid'),
  gridPaste: key('Mod+V', 'Paste', 'Grid'),
  gridAll: key('Mod+A', 'Select what is loaded; again: all that match', 'Grid'),
  gridFill: key('Mod+D', 'Fill down', 'Grid'),
  gridNow: key('Mod+;', 'Insert the current time', 'Grid'),
  gridDuplicate: key('Mod+Shift+D', 'Duplicate the document', 'Grid'),
  gridFilter: key('Alt+F', 'Filter by this value', 'Grid'),
  gridColumn: key('Alt+C', 'Find a column', 'Grid'),
  gridChange: key('Alt+E', 'Change the selected documents', 'Grid'),
  gridRefresh: key('Alt+R', 'Refresh', 'Grid'),
  gridPeek: key('Space', 'Look at the referenced document; toggle a bool', 'Grid'),
  gridMenu: key('Shift+F10', 'Menu of the cell', 'Grid'),

  run: key('Mod+Enter', 'Run the statement', 'Editor'),
  recall: key('Mod+R', 'Run an earlier statement again', 'Editor'),
} as const satisfies Readonly<Record<string, KeyEntry>>

export type KeyName = keyof typeof KEYS

function key(keys: string, what: string, group: KeyGroup): KeyEntry {
  return { keys, what, group }
}
