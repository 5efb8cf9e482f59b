/** What was done, by the id under which the server can take it back. */
export interface DoneAction {
  readonly action: string
  /** What happened: "Deleted 12 orders". */
  readonly title: string
}

/** What this tab has done and undone, the last one at the end. Doing something new leaves nothing to redo. */
export interface UndoHistory {
  readonly undo: readonly DoneAction[]
  readonly redo: readonly DoneAction[]
}

export const NOTHING_DONE: UndoHistory = { undo: [], redo: [] }

const MAX_REMEMBERED = 100

export function withDone({ undo }: UndoHistory, done: DoneAction): UndoHistory {
  return { undo: [...undo, done].slice(-MAX_REMEMBERED), redo: [] }
}

/** @param reverse the undo as an action: undoing it is "redo" */
export function withUndone(history: UndoHistory, done: DoneAction, reverse: string | null): UndoHistory {
  const undo = without(history.undo, done)
  return { undo, redo: reverse === null ? history.redo : [...history.redo, { ...done, action: reverse }] }
}

export function withRedone(history: UndoHistory, done: DoneAction, reverse: string | null): UndoHistory {
  const redo = without(history.redo, done)
  return { redo, undo: reverse === null ? history.undo : [...history.undo, { ...done, action: reverse }] }
}

function without(actions: readonly DoneAction[], { action }: DoneAction): readonly DoneAction[] {
  return actions.filter((one) => one.action !== action)
}
