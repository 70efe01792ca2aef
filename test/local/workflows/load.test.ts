import { loadMachine } from '../../../local/workflows/load.ts'
import { graph } from '../../../shared/reconcile/graph.ts'
import { machine, task } from './given.ts'

const load = (definition: unknown) => loadMachine({ name: 'reconcile', arn: 'arn', definition })
const map = (processor: object, more: object = {}) => ({ Type: 'Map', ItemProcessor: processor, End: true, ...more })
const pass = { Type: 'Pass', End: true }

describe('what is in the local model', () => {
  it('is the graph that is deployed, parsed or as text', () => {
    const definition = graph({ observe: 'arn:observe', step: 'arn:step' })
    expect([...load(definition).graph.states.keys()]).toEqual(['Observe', 'Decide', 'Wave', 'Pause', 'Settle', 'Done'])
    expect(load(JSON.stringify(definition)).timeoutSeconds).toBe(3600)
  })
})

describe('what is not in the local model is refused by name', () => {
  const refused: [string, unknown, string][] = [
    ['a Parallel', machine({ A: { Type: 'Parallel', Branches: [], End: true } }), 'state A: ✖ Type Parallel'],
    [
      'another resource',
      machine({ A: task({ Resource: 'arn:aws:states:::sqs:sendMessage', End: true }) }),
      'arn:aws:states:::sqs:sendMessage',
    ],
    ['a task token', machine({ A: task({ Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken', End: true }) }), 'waitForTaskToken'],
    ['a heartbeat', machine({ A: task({ HeartbeatSeconds: 5, End: true }) }), 'HeartbeatSeconds'],
    ['JSONata in a state', machine({ A: { ...pass, QueryLanguage: 'JSONata' } }), 'QueryLanguage'],
    ['JSONata in the machine', machine({ A: pass }, { QueryLanguage: 'JSONata' }), 'QueryLanguage'],
    ['variables', machine({ A: { ...pass, Assign: { a: 1 } } }), 'Assign'],
    ['an intrinsic function', machine({ A: { ...pass, Parameters: { 'a.$': 'States.UUID()' } } }), 'States.UUID()'],
    ['a filter', machine({ A: { ...pass, InputPath: '$.list[?(@.x)]' } }), '$.list[?(@.x)]'],
    ['a distributed Map', machine({ A: map({ ...machine({ B: pass }), ProcessorConfig: { Mode: 'DISTRIBUTED' } }) }), 'DISTRIBUTED'],
    ['a tolerated failure', machine({ A: map(machine({ B: pass }), { ToleratedFailureCount: 1 }) }), 'ToleratedFailureCount'],
    ['an old Iterator', machine({ A: { Type: 'Map', Iterator: machine({ B: pass }), End: true } }), 'Iterator'],
    [
      'an asynchronous call',
      machine({ A: task({ Parameters: { FunctionName: 'f', InvocationType: 'Event' }, End: true }) }),
      'InvocationType',
    ],
    ['a state in an iteration', machine({ A: map(machine({ B: { Type: 'Parallel', End: true } })) }), 'state B: ✖ Type Parallel'],
    ['another version', machine({ A: pass }, { Version: '2.0' }), 'Version'],
    ['an unknown field', machine({ A: pass }, { Colour: 'red' }), 'Colour'],
  ]
  it.each(refused)('%s', (_, definition, name) => {
    expect(() => load(definition)).toThrow(name)
    expect(() => load(definition)).toThrow('state machine reconcile: ')
  })
})

describe('a definition that cannot run is refused', () => {
  const broken: [string, unknown, string][] = [
    ['a start that is no state', { StartAt: 'B', States: { A: pass } }, 'StartAt names B'],
    ['a way to nowhere', machine({ A: { Type: 'Pass', Next: 'B' } }), 'A leads to B'],
    [
      'a catch that leads nowhere',
      machine({ A: task({ Catch: [{ ErrorEquals: ['States.ALL'], Next: 'B' }], End: true }) }),
      'A leads to B',
    ],
    ['a way out of an iteration', machine({ A: map(machine({ B: { Type: 'Pass', Next: 'C' } })), C: pass }), 'B leads to C'],
    ['neither Next nor End', machine({ A: { Type: 'Pass' } }), 'A needs either Next or End'],
    ['both Next and End', machine({ A: { Type: 'Pass', Next: 'A', End: true } }), 'A needs either Next or End'],
    ['a name used twice', machine({ A: map(machine({ A: pass })) }), 'A is used twice'],
    ['a long name', machine({ ['A'.repeat(81)]: pass }), 'longer than 80'],
    ['a Wait with two ends', machine({ A: { Type: 'Wait', Seconds: 1, SecondsPath: '$.s', End: true } }), 'exactly one of Seconds'],
  ]
  it.each(broken)('%s', (_, definition, message) => {
    expect(() => load(definition)).toThrow(message)
  })
})
