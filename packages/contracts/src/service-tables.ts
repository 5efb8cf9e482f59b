/** The tables that a service has for itself, by the steps that they came to be in. */
export interface ServiceTables {
  /** Under which their version is recorded in a database: the number of steps that it has seen. */
  readonly service: string
  /**
   * The statements of each step, oldest first. A step runs once in a database, and is never changed once it is released: what shall be different is
   * another step. Steps that older databases may have run without a record (all first ones) do no harm when they run again.
   */
  readonly steps: readonly (readonly string[])[]
  /**
   * Rows that a restore leaves as they are now, because they are about who runs the server and not about its data: it must not lock out who asked for it,
   * nor let in whom somebody has dismissed. In the order in which they are put back: a table comes after those that it refers to.
   */
  readonly kept?: readonly KeptRows[]
}

export interface KeptRows {
  readonly table: string
  /** SQL; absent: all of them. */
  readonly where?: string
}
