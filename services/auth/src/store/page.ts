/** Which rows of a list: at most `limit`, behind the one called `after`. */
export interface Page {
  readonly limit: number
  readonly after?: string | undefined
}
