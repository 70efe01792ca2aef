/** What went wrong, and what whoever reads it can do next; both are sentences. */
export class Trouble extends Error {
  override name = 'Trouble'
  readonly next: string
  constructor(message: string, next: string, options?: ErrorOptions) {
    super(message, options)
    this.next = next
  }
}

export const messageOf = (error: unknown): string => (Error.isError(error) ? error.message : String(error))
