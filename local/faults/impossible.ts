/** What was asked for cannot be done; answered as a problem document (RFC 9457) that says what can. */
export class Impossible extends Error {
  readonly status: number
  /** What could have been asked for instead. */
  readonly possible: object
  constructor(status: number, message: string, possible: object = {}) {
    super(message)
    this.status = status
    this.possible = possible
  }
}
