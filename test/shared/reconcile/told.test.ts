import { toldOfStep, toldOfStop } from '../../../shared/reconcile/told.ts'

const DENIED = 'User: arn:aws:sts::123456789012:assumed-role/cell-1-step is not authorized to perform: ecs:RunTask'

test("a tenant is told our own sentences, and of AWS' texts only the kind", () => {
  expect(toldOfStep('NotPlaced', 'node 3: RESOURCE:MEMORY')).toBe('node 3: RESOURCE:MEMORY')
  expect(toldOfStep('AccessDeniedException', DENIED)).toBe("it failed with AccessDeniedException; the platform's log says why")
  expect(toldOfStep('NotPlaced', 'x'.repeat(30_000))).toHaveLength(500)
  expect(toldOfStep('States.Timeout', 'no cause given')).toBe('it took too long')
})

test('of a stopped task a tenant is told the kind of its end, not where its image or its secret was looked for', () => {
  const pull =
    'CannotPullContainerError: pull image manifest has been retried 5 time(s): 123456789012.dkr.ecr.us-east-1.amazonaws.com/valkey'
  expect(toldOfStop(pull)).toBe('CannotPullContainerError')
  expect(toldOfStop('Essential container in task exited')).toBe('Essential container in task exited')
  expect(toldOfStop(undefined)).toBe('no reason given')
})
