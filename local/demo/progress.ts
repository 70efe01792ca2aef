import pc from 'picocolors'
import type { Operation } from '../../shared/contract/operation.ts'
import { Operation as OperationSchema } from '../../shared/contract/operation.ts'
import type { Api } from './api.ts'

const POLL_MS = 150

/** A line when a step begins and when it ends, as the operation tells it. */
function tell(operation: Operation, told: Set<string>): void {
  for (const step of operation.steps) {
    const ended = step.state !== 'running'
    const line = `${step.name}.${step.state}`
    if (!ended || told.has(line)) continue
    told.add(line)
    const ms = Date.parse(step.finished_at ?? step.started_at) - Date.parse(step.started_at)
    const mark = step.state === 'succeeded' ? pc.green('✓') : pc.red('✗')
    console.log(`    ${mark} ${step.name.padEnd(18)} ${String(ms).padStart(5)} ms  ${pc.dim(step.detail ?? '')}`)
  }
}

/** Follows an operation to its end, or until the bound (milliseconds). */
export async function follow(tenant: Api, operationId: string, timeoutMs: number): Promise<Operation> {
  const told = new Set<string>()
  const end = Date.now() + timeoutMs
  for (;;) {
    const operation = await tenant.call('GET', `/v1/operations/${operationId}`, OperationSchema)
    tell(operation, told)
    if (operation.state !== 'running') return operation
    if (Date.now() > end) throw new Error(`the operation still waits for ${operation.waiting_for?.message ?? 'nothing'}`)
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}
