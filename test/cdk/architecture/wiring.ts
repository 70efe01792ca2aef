import * as z from 'zod'
import { type CellTemplate, flat } from '../given.ts'

const Text = z.string()
const list = z.union([z.string().transform((one) => [one]), z.array(z.string())])
const LEADING_KEYS = 'dynamodb:LeadingKeys'
const Condition = z.record(z.string(), z.record(z.string(), z.union([z.string(), z.array(z.string())])))
const Statement = z.looseObject({ Effect: z.string(), Action: list, Resource: list.default([]), Condition: Condition.default({}) })
const Policy = z.looseObject({ Roles: z.array(z.string()), PolicyDocument: z.object({ Statement: z.array(Statement) }) })
const Filters = z.looseObject({ Filters: z.array(z.object({ Pattern: z.string() })) })
const Prefixes = z.looseObject({
  dynamodb: z.looseObject({ Keys: z.object({ sk: z.object({ S: z.array(z.object({ prefix: z.string() })) }) }) }),
})
const Targets = z.array(z.looseObject({ Arn: z.string() }))

/** Something that leads from one part of the cell to another. */
export interface Edge {
  from: string
  to: string
  by?: string | undefined
}
export interface Right {
  function: string
  action: string
  resources: string[]
  /** Of the table, that it is held to: `T#` is that of the tenant that it acts for. */
  partitions: string[]
}

/** `<ControlPlaneApi03986FD5.Arn>` is ControlPlaneApi03986FD5. */
const idIn = (text: string): string => /<([A-Za-z0-9]+)/.exec(text)?.[1] ?? ''

/** Names of the parts of a cell by their logical ids; functions are called as in `functions/`. */
function namesOf({ ofType }: CellTemplate): Map<string, string> {
  const functions = ofType('AWS::Lambda::Function').map(({ id, Properties }): [string, string] => [
    id,
    Text.parse(flat(Properties.FunctionName)).replace(/^.*-/, ''),
  ])
  const others: [type: string, name: string][] = [
    ['AWS::DynamoDB::Table', 'table'],
    ['AWS::StepFunctions::StateMachine', 'state machine'],
    ['AWS::ApiGatewayV2::Api', 'HTTP API'],
  ]
  const queues = ofType('AWS::SQS::Queue').map(({ id }): [string, string] => [id, id.includes('Undeliverable') ? 'set aside' : 'queue'])
  return new Map([...functions, ...queues, ...others.flatMap(([type, name]) => ofType(type).map(({ id }): [string, string] => [id, name]))])
}

const prefixes = (criteria: unknown): string =>
  Filters.parse(criteria ?? { Filters: [] })
    .Filters.flatMap(({ Pattern }) => Prefixes.parse(JSON.parse(Pattern)).dynamodb.Keys.sk.S.map(({ prefix }) => prefix))
    .join(', ')

/** What starts what: mappings of stream and queue, rules, the API, and who may invoke, start or send. */
export function edgesOf(cell: CellTemplate): Edge[] {
  const names = namesOf(cell)
  const name = (reference: unknown): string => names.get(idIn(Text.parse(flat(reference)))) ?? ''
  const mapped = cell.ofType('AWS::Lambda::EventSourceMapping').map(({ Properties }) => ({
    from: name(Properties.EventSourceArn),
    to: name(Properties.FunctionName),
    by: Properties.FilterCriteria === undefined ? undefined : `stream: ${prefixes(Properties.FilterCriteria)}`,
  }))
  const ruled = cell.ofType('AWS::Events::Rule').flatMap(({ Properties }) =>
    Targets.parse(flat(Properties.Targets)).map(({ Arn }) => ({
      from: Properties.ScheduleExpression === undefined ? 'ECS events' : Text.parse(Properties.ScheduleExpression),
      to: name(Arn),
    })),
  )
  const permitted = cell
    .ofType('AWS::Lambda::Permission')
    .filter(({ Properties }) => Properties.Principal === 'apigateway.amazonaws.com')
    .map(({ Properties }) => ({ from: 'HTTP API', to: name(Properties.FunctionName) }))
  const starting = ['lambda:InvokeFunction', 'states:StartExecution', 'sqs:SendMessage']
  const called = rightsOf(cell)
    .filter(({ action }) => starting.includes(action))
    .flatMap(({ function: from, resources }) => resources.map((resource) => ({ from, to: names.get(idIn(resource)) ?? '' })))
  const all: Edge[] = [...permitted, ...mapped, ...ruled, ...called]
  return [...new Map(all.map((edge) => [JSON.stringify(edge), edge])).values()]
}

const partitionsOf = (condition: z.infer<typeof Condition>): string[] => {
  const keys = Object.values(condition).flatMap((of) => (Array.isArray(of[LEADING_KEYS]) ? of[LEADING_KEYS] : []))
  return [...new Set(keys.map((key) => key.replace(/#.*/, '#')))]
}

/** What each function and the state machine may, by the policies of its roles: those that it assumes for one tenant too. */
export function rightsOf(cell: CellTemplate): Right[] {
  const names = namesOf(cell)
  const functions = cell.ofType('AWS::Lambda::Function').map(({ id }) => id)
  const holder = (role: string): string | undefined => {
    if (role.includes('ReconcileRole')) return 'state machine'
    const owner = functions.find((id) => role.startsWith(id.slice(0, -8)) && /^(Tenant|Keys)?Role/.test(role.slice(id.length - 8)))
    return owner === undefined ? undefined : names.get(owner)
  }
  // Where Lambda puts what it could not have done: nobody's own doing.
  const aside = ({ action, resources }: Right): boolean =>
    action === 'sqs:SendMessage' && resources.every((resource) => names.get(idIn(resource)) === 'set aside')
  const all = cell.ofType('AWS::IAM::Policy').flatMap(({ Properties }) => {
    const { Roles, PolicyDocument } = Policy.parse(flat(Properties))
    const of = Roles.flatMap((role) => holder(idIn(role)) ?? [])
    return of.flatMap((each) =>
      PolicyDocument.Statement.filter(({ Effect }) => Effect === 'Allow').flatMap(({ Action, Resource, Condition }) =>
        Action.map((action) => ({ function: each, action, resources: Resource, partitions: partitionsOf(Condition) })),
      ),
    )
  })
  return all.filter((right) => !aside(right))
}
