/** The files that this process has open, and how often. Opening one of them by other means drops its locks. */
const times = new Map<string, number>()

export function isOpenHere(path: string): boolean {
  return times.has(path)
}

export function openedHere(path: string): void {
  times.set(path, (times.get(path) ?? 0) + 1)
}

export function closedHere(path: string): void {
  const left = (times.get(path) ?? 1) - 1
  if (left === 0) times.delete(path)
  else times.set(path, left)
}
