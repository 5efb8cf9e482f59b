/**
 * Where a worker's source is. From source: in the folder of the module at `beside`. In an executable made by `bun build --compile`, where workers are entry
 * points of their own, Bun finds them by their path from the folder that all entry points have in common: the repository's.
 * @param path from the root of the repository. @param beside the `import.meta.url` of a module in the same folder
 */
export function workerFile(path: string, beside: string): string {
  return isCompiled(beside) ? `./${path}` : new URL(path.slice(path.lastIndexOf('/') + 1), beside).href
}

function isCompiled(url: string): boolean {
  // Bun's virtual file system: /$bunfs/root/… , or B:/~BUN/root/… on Windows.
  return /\/\$bunfs\/|\/(?:~|%7E)BUN\//i.test(url)
}
