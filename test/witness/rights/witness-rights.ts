import { spawn } from 'node:child_process'
import { join } from 'node:path'
import * as z from 'zod'
import { type Decision, evaluator, type Request } from '../../../local/iam/evaluate.ts'
import type { RoleSpec, Statement } from '../../../local/template/roles.ts'
import { readTemplate } from '../../../local/template/template.ts'
import type { Python } from '../python.ts'
import { filledIn, requestsAbout } from './requests.ts'

const JUDGE = join(import.meta.dirname, 'judge.py')
const THEIRS = { Allow: 'allowed', Deny: 'forbidden', ImplicitDeny: 'not allowed' } as const satisfies Record<string, Decision>
const Decisions = z.array(z.array(z.enum(['Allow', 'Deny', 'ImplicitDeny'])))

/** @throws with what Python said */
function judgedBy({ command, packages }: Python, asked: object): Promise<z.infer<typeof Decisions>> {
  const env = { PATH: process.env.PATH ?? '', PYTHONPATH: packages, PYTHONDONTWRITEBYTECODE: '1' }
  const child = spawn(command, [JUDGE], { env, stdio: ['pipe', 'pipe', 'pipe'] })
  const [answered, complained]: [Buffer[], Buffer[]] = [[], []]
  child.stdout.on('data', (chunk: Buffer) => answered.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => complained.push(chunk))
  child.stdin.end(JSON.stringify(asked))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve(Decisions.parse(JSON.parse(Buffer.concat(answered).toString('utf8'))))
      else reject(new Error(`judge.py ended with ${code}: ${Buffer.concat(complained).toString('utf8').slice(-2000)}`))
    })
  })
}

/** Without variables that only a session could fill in. */
const plain = (statement: Statement): Statement => ({
  ...statement,
  Resource: statement.Resource.map(filledIn),
  Condition: mapped(statement.Condition, (keys) => mapped(keys, (values) => values.map(filledIn))),
})
const mapped = <V, T>(record: Record<string, V>, by: (value: V) => T): Record<string, T> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, by(value)]))

const roleOf = ({ arn, statements }: RoleSpec) => {
  const own = statements.map(plain)
  return { arn, statements: own, requests: requestsAbout(own) }
}

/** Every role of the template, asked for what it may and for what is beside it: ministack's evaluator has to decide as the local cloud's. */
export async function witnessRights(python: Python, outDir: string) {
  const { account, region, roles: specs } = readTemplate(outDir, 'http://127.0.0.1')
  const roles = specs.map(roleOf)
  const theirs = await judgedBy(python, { account, region, roles })
  const count: Record<Decision, number> = { allowed: 0, 'not allowed': 0, forbidden: 0 }
  const otherwise = roles.flatMap(({ arn, statements, requests }, i) => {
    const decide = evaluator(statements)
    return requests.flatMap((request: Request, j) => {
      const [ours, other] = [decide(request, {}), THEIRS[theirs[i]?.[j] ?? 'Deny']]
      count[ours] += 1
      return ours === other ? [] : [`${arn} ${JSON.stringify(request)}: ${ours}, and ${other} for ministack`]
    })
  })
  if (otherwise.length > 0) throw new Error(`${otherwise.length} requests are judged otherwise:\n${otherwise.slice(0, 20).join('\n')}`)
  const seen = `${roles.length} roles, ${count.allowed} requests allowed, ${count.forbidden} forbidden, ${count['not allowed']} not allowed, by both`
  return { seen, found: true }
}
