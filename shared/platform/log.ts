/** What a line says beside its message, which nothing takes the place of: the runbook finds lines by it. */
interface Fields {
  level?: never
  message?: never
  [member: string]: unknown
}

/** Structured lines on stdout, one JSON object each, which is what CloudWatch Logs Insights reads. Never pass a secret. */
export interface Log {
  info(message: string, fields?: Fields): void
  warn(message: string, fields?: Fields): void
  error(message: string, error: unknown, fields?: Fields): void
}

const describe = (error: unknown): Record<string, unknown> =>
  Error.isError(error) ? { error: error.name, detail: error.message, stack: error.stack } : { error: String(error) }

export function jsonLog(base: Record<string, unknown>, write: (line: string) => void = (line) => process.stdout.write(`${line}\n`)): Log {
  const line = (level: string, message: string, fields: Fields): void => write(JSON.stringify({ level, message, ...base, ...fields }))
  return {
    info: (message, fields = {}) => line('info', message, fields),
    warn: (message, fields = {}) => line('warn', message, fields),
    error: (message, error, fields = {}) => line('error', message, { ...fields, ...describe(error) }),
  }
}
