/** A request before the marks in it are filled in. */
export interface Planned {
  kind: 'valid' | 'almost' | 'hostile'
  operationId: string
  method: string
  path: string
  headers: Record<string, string>
  /** Text, or bytes in base64. */
  body?: { text: string } | { bytes: string }
}
