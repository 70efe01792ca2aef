import { parseArgs } from 'node:util'
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import * as z from 'zod'

const USAGE =
  'usage: npm run orphans -- --cell <name of the cell> [--repair [--cluster <id of a cluster that no tenant has>]...] [--region <region>]'
const HELP = `${USAGE}

Has the cell's function orphans compare what is on AWS with what the table knows, and shows what does not fit. Changes nothing by itself.
  --cell     the name of the cell
  --repair   puts right what can be put right without a person: docs/runbook.md, "orphans"
  --cluster  with --repair: takes away what is on AWS of a cluster that no tenant has and of which no task runs; may be given more than once
  --region   where the cell is; else as the AWS CLI would have it, as credentials are
It needs lambda:InvokeFunction on <cell>-orphans. Ends with 0 when nothing is left, 3 while something is, 1 when it failed.`

/** What the function answers. */
export const Report = z.object({
  tenants: z.int(),
  things: z.int(),
  found: z.record(z.string(), z.int()),
  repaired: z.int(),
  findings: z.array(
    z.object({
      kind: z.string(),
      id: z.string(),
      tenant: z.string().optional(),
      cluster: z.string().optional(),
      detail: z.string(),
      repair: z.object({ how: z.string() }),
      repaired: z.boolean(),
      /** Why it was not, where its cluster was named. */
      refused: z.string().optional(),
    }),
  ),
})
export type Report = z.infer<typeof Report>

/** What becomes of one that was not repaired. */
const LATER: Record<string, string> = {
  'when-named': 'taken away when its cluster is named',
  none: 'for a person to look at',
}

function show({ tenants, things, found, repaired, findings }: Report): void {
  for (const { kind, id, tenant, cluster, detail, repair, repaired: done, refused } of findings) {
    const what = done ? 'repaired' : (refused ?? LATER[repair.how] ?? 'not repaired')
    console.log(`${kind.padEnd(11)} ${[tenant, cluster].filter(Boolean).join(' ')}  ${id}\n            ${detail}; ${what}`)
  }
  const all = Object.values(found).reduce((sum, count) => sum + count, 0)
  console.log(`${things} things on AWS, ${tenants} tenants: ${all} found, ${repaired} repaired or told to the loop`)
}

const options = {
  cell: { type: 'string' },
  repair: { type: 'boolean', default: false },
  cluster: { type: 'string', multiple: true },
  region: { type: 'string' },
  help: { type: 'boolean' },
} as const

/** The function may take a quarter of an hour. */
const PATIENCE_MS = 910_000

/** Answers the exit code: 0 when nothing is left to be done. */
async function main(args: string[]): Promise<number> {
  try {
    const { cell, repair, cluster: clusters = [], region, help } = parseArgs({ args, options }).values
    if (help) {
      console.log(HELP)
      return 0
    }
    if (!cell || (clusters.length > 0 && !repair)) throw new Error(USAGE)
    // Once: a second one would only begin again beside the first.
    const client = new LambdaClient({ ...(region ? { region } : {}), maxAttempts: 1, requestHandler: { requestTimeout: PATIENCE_MS } })
    const answer = await client.send(new InvokeCommand({ FunctionName: `${cell}-orphans`, Payload: JSON.stringify({ repair, clusters }) }))
    const text = Buffer.from(answer.Payload ?? []).toString('utf8')
    if (answer.FunctionError) throw new Error(`${cell}-orphans failed: ${text}`)
    const report = Report.parse(JSON.parse(text))
    show(report)
    return report.findings.every(({ repaired }) => repaired) ? 0 : 3
  } catch (error) {
    console.error(Error.isError(error) ? error.message : error)
    return 1
  }
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2))
