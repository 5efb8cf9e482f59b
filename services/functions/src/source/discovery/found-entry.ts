export type Language = 'javascript' | 'python' | 'go'

/** A function as its files say. Paths are relative to the project's folder, with `/`. */
export interface FoundFunction {
  readonly kind: 'function'
  /** Of its file or folder. */
  readonly name: string
  readonly path: string
  readonly language: Language
  /** The file that it begins with. */
  readonly entry: string
  /** `functions/<name>.yaml`, if it is there. */
  readonly manifest: string | null
}

/** Anything else in the folder of functions: what it is for, or why it is not a function. */
export interface FoundOther {
  readonly kind: 'other'
  readonly path: string
  readonly reason: string
}

/** What looks like a function but cannot be one. */
export interface FoundFault {
  readonly kind: 'fault'
  readonly path: string
  readonly message: string
}

export type FoundEntry = FoundFunction | FoundOther | FoundFault
