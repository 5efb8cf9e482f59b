/** Bounds of a read: beyond each, a request is refused with a message that names the bound. */
export const LIMITS = {
  pageDefault: 50,
  pageMax: 500,
  offsetMax: 1_000_000_000,
  /** Comparisons of all filters of a list, and repetitions of `filter`. */
  filters: 50,
  /** Levels of a filter in JSON. */
  filterDepth: 20,
  /** Values of one `in` or `nin`. */
  listValues: 1000,
  /** Values of one `params`. */
  whereParams: 100,
  /** UTF-16 units of a `like` pattern: matching costs its length times that of the text. */
  likePattern: 500,
  /** Fields of one `sort`. */
  sortKeys: 8,
  /** References that a path follows. */
  pathReferences: 5,
  /** Steps of a path into json. */
  jsonSteps: 16,
  /** Steps like `0` of a path into json, which may be an index or a key. */
  jsonIndexes: 2,
  expandDepth: 3,
  /** Distinct relations of one `expand`. */
  expandRelations: 32,
  /** Documents of one array that `expand` makes. */
  expandArray: 100,
  /** Documents that `expand` adds to a response. */
  expandDocuments: 10_000,
  /** Names of one `fields`. */
  fieldNames: 500,
  /** Entries of one `values`, and of one `group`. */
  aggregateValues: 20,
  aggregateKeys: 8,
  /** Groups of one response. */
  aggregateGroups: 1000,
} as const
