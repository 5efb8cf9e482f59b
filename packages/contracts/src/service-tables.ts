/** The tables that a service has for itself, by the steps that they came to be in. */
export interface ServiceTables {
  /** Under which their version is recorded in a database: the number of steps that it has seen. */
  readonly service: string
  /**
   * The statements of each step, oldest first. A step runs once in a database, and is never changed once it is released: what shall be different is
   * another step. Steps that older databases may have run without a record (all first ones) do no harm when they run again.
   */
  readonly steps: readonly (readonly string[])[]
}
