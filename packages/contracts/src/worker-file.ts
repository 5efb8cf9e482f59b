/**
 * Where a worker's source is. From source: in the folder of the module at `beside`. In an executable made by `bun build --compile`, where workers are entry
 * points of their own, Bun finds them by their path from the folder that all entry points have in common: the repository's.
 * @param path from the root of the repository. @param beside the `import.meta.url` of a module in the same folder
 */
export function workerFile(path: string, beside: string): string {
  return isCompiled(beside) ? `./${path}` : new URL(path.slice(path.lastIndexOf('/') + 1), beside).href
}

/** Whether a module, by its URL or path, is inside of an executable made by `bun build --compile`: there they lie in a file system of its own. */
export function isCompiled(place: string): boolean {
  // /$bunfs/root/… , or B:\~BUN\root\… on Windows.
  return /[\\/](?:\$bunfs|~BUN|%7EBUN)[\\/]/i.test(place)
}
