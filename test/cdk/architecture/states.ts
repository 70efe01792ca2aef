import * as z from 'zod'
import { graph } from '../../../shared/reconcile/graph.ts'

type Machine = { StartAt: string; States: Record<string, State> }
interface State {
  Type: string
  Next?: string | undefined
  Default?: string | undefined
  Choices?: { StringEquals: string; Next: string }[] | undefined
  Catch?: { Next: string }[] | undefined
  End?: boolean | undefined
  ItemProcessor?: Machine | undefined
}
const State: z.ZodType<State> = z.lazy(() =>
  z.object({
    Type: z.string(),
    Next: z.string().optional(),
    Default: z.string().optional(),
    Choices: z.array(z.object({ StringEquals: z.string(), Next: z.string() })).optional(),
    Catch: z.array(z.object({ Next: z.string() })).optional(),
    End: z.boolean().optional(),
    ItemProcessor: Machine.optional(),
  }),
)
const Machine: z.ZodType<Machine> = z.object({ StartAt: z.string(), States: z.record(z.string(), State) })

const ENDS = ['Succeed', 'Fail']

/** Where a state leads, with what is asked for there. A choice among states says the name of each, so that it needs no words. */
const ways = (state: State): [to: string, when?: string][] => [
  ...(state.Choices ?? []).map(({ StringEquals, Next }): [string, string?] => (StringEquals === Next ? [Next] : [Next, StringEquals])),
  ...(state.Default ? [[state.Default, 'otherwise'] as [string, string]] : []),
  ...(state.Catch ?? []).map(({ Next }): [string, string] => [Next, 'failed']),
  ...(state.Next ? [[state.Next] as [string]] : []),
  ...(state.End || ENDS.includes(state.Type) ? [['[*]'] as [string]] : []),
]

/** States that are reached from the same places and lead to the same places are drawn as one, by the name of the first. */
function drawnAs(states: Record<string, State>): Map<string, string> {
  const all = Object.entries(states)
  const waysTo = (name: string) => all.flatMap(([from, state]) => ways(state).flatMap(([to, when]) => (to === name ? [[from, when]] : [])))
  const alike = Map.groupBy(all, ([name, state]) => JSON.stringify([state.Type, ways(state), waysTo(name)]))
  return new Map([...alike.values()].flatMap((group) => group.map(([name]): [string, string] => [name, group[0]?.[0] ?? name])))
}

function lines({ StartAt, States }: Machine, indent: string): string[] {
  const drawn = drawnAs(States)
  const as = (name: string): string => drawn.get(name) ?? name
  const inside = Object.entries(States).flatMap(([name, { ItemProcessor }]) =>
    ItemProcessor ? [`${indent}state ${name} {`, ...lines(ItemProcessor, `${indent}  `), `${indent}}`] : [],
  )
  const labels = [...Map.groupBy(drawn.keys(), as)].flatMap(([first, names]) =>
    names.length > 1 ? [`${indent}state "${names.join('<br/>')}" as ${first}`] : [],
  )
  const between = Object.entries(States).flatMap(([name, state]) =>
    ways(state).map(([to, when]) => `${indent}${as(name)} --> ${as(to)}${when ? `: ${when}` : ''}`),
  )
  return [...labels, `${indent}[*] --> ${as(StartAt)}`, ...new Set(between), ...inside]
}

/** The state machine of one cluster, as GitHub draws it. */
export const stateDiagram = (): string =>
  ['```mermaid', 'stateDiagram-v2', ...lines(Machine.parse(graph({ observe: 'observe', step: 'step' })), '  '), '```'].join('\n')
