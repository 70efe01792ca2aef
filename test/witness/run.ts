import { join } from 'node:path'
import { parseArgs } from 'node:util'
import * as z from 'zod'
import { PARTS, type Part, witnessAll } from './all.ts'
import { givenPython, NoPython } from './python.ts'

const USAGE = `npm run witness [-- OPTIONS]
Asks emulators of AWS that are not ours (ministack and moto, of PyPI) what they make of the template and of the local models:
  calls   the thin models and both emulators get the same calls, and their answers are compared field by field
  rights  every role of the template is asked for what it may, and for what is beside it, by ministack's evaluator and ours
  deploy  cdk bootstrap and cdk deploy into ministack; rings are made, used and taken back through its API Gateway, Lambda,
          DynamoDB, Step Functions, SQS and EventBridge. ECS alone is the local model, with real processes
  --only PART  one of these (all)
  --help       this`

const { values } = parseArgs({ options: { only: { type: 'string' }, help: { type: 'boolean', default: false } } })
const only = z.enum(PARTS).optional().safeParse(values.only)
if (values.help || !only.success) {
  console.log(USAGE)
  process.exit(values.help ? 0 : 2)
}

/** Answers the exit code. */
async function main(parts: Part[]): Promise<number> {
  const started = Date.now()
  const outDir = process.env.CDK_OUTDIR ?? join(import.meta.dirname, '..', '..', 'cdk.out')
  try {
    const python = await givenPython(console.log)
    const all = (await witnessAll(python, { outDir, parts, tell: console.log })).all()
    const held = all.filter((each) => each.held).length
    console.log(`witnessed: ${held} of ${all.length} held, ${Math.round((Date.now() - started) / 1000)} s`)
    return held === all.length ? 0 : 1
  } catch (error) {
    if (!(error instanceof NoPython)) throw error
    console.error(error.message)
    return 1
  }
}

process.exit(await main(only.data ? [only.data] : [...PARTS]))
