import { given, MACHINE_ARN, machine } from './given.ts'

const waiting = machine({ W: { Type: 'Wait', Seconds: 100, End: true } })
const arn = (name: string) => `arn:aws:states:eu-west-1:111122223333:execution:machine:${name}`
const start = (it: ReturnType<typeof given>, more: object = {}) =>
  it.call('StartExecution', { stateMachineArn: MACHINE_ARN, name: 'one', input: '{"a":1}', ...more })

describe('StartExecution', () => {
  it('with the name and input of one that runs gives the same answer', async () => {
    const it = given(waiting)
    const first = await start(it)
    expect(first).toEqual({ executionArn: arn('one'), startDate: Date.UTC(2026, 0, 1) / 1000 })
    expect(await start(it)).toEqual(first)
    expect(it.workflows.executions()).toHaveLength(1)
  })

  it('with another input, or the name of one that has ended, says that it exists', async () => {
    const it = given(waiting)
    await start(it)
    expect(await start(it, { input: '{}' })).toMatchObject({ __type: 'ExecutionAlreadyExists' })
    await it.settled()
    expect(await start(it)).toEqual({ __type: 'ExecutionAlreadyExists', message: `Execution Already Exists: '${arn('one')}'` })
  })

  it('may use a name again after 90 days', async () => {
    const it = given(waiting)
    await start(it)
    await it.settled()
    it.timers.after(90 * 86_400_000 + 1, () => {})
    it.timers.turn()
    expect(it.workflows.executions()).toEqual([])
    expect(await start(it)).toHaveProperty('executionArn')
  })

  it.each([[''], ['a b'], ['a/b'], ['a:b'], ['a*'], ['a\u0007'], ['x'.repeat(81)]])('refuses the name %j', async (name) => {
    expect(await start(given(waiting), { name })).toMatchObject({ __type: 'InvalidName' })
  })

  it('makes a name where none is given', async () => {
    const it = given(waiting)
    await it.call('StartExecution', { stateMachineArn: MACHINE_ARN })
    expect(it.workflows.executions()).toMatchObject([{ name: expect.stringMatching(/^[0-9a-f-]{36}$/), input: '{}' }])
  })

  it.each([
    [{ input: '{' }, 'InvalidExecutionInput'],
    [{ input: `"${'x'.repeat(262_143)}"` }, 'ValidationException'],
    [{ stateMachineArn: `${MACHINE_ARN}2` }, 'StateMachineDoesNotExist'],
    [{ traceHeader: 'Root=1' }, 'ValidationException'],
  ])('refuses what is wrong with %#: %s', async (more, code) => {
    expect(await start(given(waiting), more)).toMatchObject({ __type: code })
  })
})

describe('DescribeExecution', () => {
  it('tells of one that runs and of one that has ended', async () => {
    const it = given(waiting)
    await start(it)
    const running = { executionArn: arn('one'), stateMachineArn: MACHINE_ARN, name: 'one', status: 'RUNNING', input: '{"a":1}' }
    expect(await it.call('DescribeExecution', { executionArn: arn('one') })).toMatchObject(running)
    await it.settled()
    expect(await it.call('DescribeExecution', { executionArn: arn('one') })).toMatchObject({
      ...running,
      status: 'SUCCEEDED',
      output: '{"a":1}',
      stopDate: Date.UTC(2026, 0, 1) / 1000 + 100,
    })
  })

  it('knows only what was started', async () => {
    expect(await given(waiting).call('DescribeExecution', { executionArn: arn('one') })).toMatchObject({ __type: 'ExecutionDoesNotExist' })
  })
})

describe('StopExecution', () => {
  it('ends one that runs, once, with the reason given', async () => {
    const it = given(waiting)
    await start(it)
    const stopped = await it.call('StopExecution', { executionArn: arn('one'), error: 'Enough', cause: 'because' })
    expect(stopped).toEqual({ stopDate: Date.UTC(2026, 0, 1) / 1000 })
    expect(await it.settled()).toMatchObject({ status: 'ABORTED', error: 'Enough', cause: 'because' })
    expect(await it.call('StopExecution', { executionArn: arn('one'), error: 'Again' })).toEqual(stopped)
    expect(it.workflows.executions()).toMatchObject([{ error: 'Enough' }])
  })
})

describe('ListExecutions', () => {
  it('gives the latest first, page by page, and only of the status asked for', async () => {
    const it = given(waiting)
    const names = ['a', 'b', 'c', 'd', 'e']
    for (const name of names) await start(it, { name })
    await it.call('StopExecution', { executionArn: arn('c') })
    const pages: unknown[] = []
    let nextToken: unknown
    do {
      const page = await it.call('ListExecutions', {
        stateMachineArn: MACHINE_ARN,
        statusFilter: 'RUNNING',
        maxResults: 2,
        ...(nextToken ? { nextToken } : {}),
      })
      pages.push(Array.isArray(page.executions) && page.executions.map(({ name }) => name))
      nextToken = page.nextToken
    } while (nextToken)
    expect(pages).toEqual([
      ['e', 'd'],
      ['b', 'a'],
    ])
  })

  it('refuses a token that it did not give', async () => {
    const answer = await given(waiting).call('ListExecutions', { stateMachineArn: MACHINE_ARN, nextToken: 'x' })
    expect(answer).toMatchObject({ __type: 'InvalidToken' })
  })
})

it('a call without a local model fails with its name', async () => {
  const it = given(waiting)
  for (const call of ['StartSyncExecution', 'RedriveExecution', 'SendTaskSuccess', 'GetExecutionHistory', 'toString']) {
    expect(await it.call(call, {})).toEqual({ __type: 'UnknownOperationException', message: expect.stringContaining(call) })
  }
})
