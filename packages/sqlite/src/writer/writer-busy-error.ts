import { AppError } from '@koyalite/contracts'

/** A write was refused because others wait for the writer already, or somebody holds it for too long: nothing is wrong, and later it will do. */
export class WriterBusyError extends AppError {
  constructor(message: string) {
    super('UNAVAILABLE', message)
  }
}
